import type { z } from "zod";

/** What zod says by itself, where a schema has no words of its own. */
const ZODS_OWN = /^Too (?:big|small): expected |^Invalid (?:input|option): expected |^Invalid UUID$/;

const UNITS: Record<string, string> = { string: " characters", array: " items", record: " entries" };

/** An issue as a sentence for whoever wrote the input, instead of zod's comparison of types. */
export function issueMessage(issue: z.core.$ZodIssue): string {
  if (!ZODS_OWN.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "too_big":
      return `${issue.inclusive === false ? "Less than" : "At most"} ${amount(issue.maximum, issue.origin)}`;
    case "too_small":
      if (issue.origin in UNITS && Number(issue.minimum) === 1) return "Must not be empty";
      return `${issue.inclusive === false ? "More than" : "At least"} ${amount(issue.minimum, issue.origin)}`;
    case "invalid_value":
      return `Use ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
    case "invalid_format":
      return "Not a UUID: give the whole id";
    case "invalid_type":
      return issue.message.endsWith(" undefined")
        ? "Required"
        : issue.message.replace(/^Invalid input: expected /, "Expected ");
    default:
      return issue.message;
  }
}

function amount(limit: number | bigint, origin: string): string {
  return `${limit}${UNITS[origin] ?? ""}`;
}
