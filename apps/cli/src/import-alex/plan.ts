import { asArray, asObject, asText } from "./json-value.ts";
import type { PlanItem } from "./legacy-session.ts";

const STATUS_OF_HEADING: Readonly<Record<string, PlanItem["status"]>> = {
  "in progress": "active",
  pending: "pending",
  completed: "done",
};
const STATUS_OF_MARK: Readonly<Record<string, PlanItem["status"]>> = {
  "→": "active",
  "☐": "pending",
  "✓": "done",
};

/** Parses the Markdown plan beside a session file: items under headings, each with a mark. */
export function readPlanFile(markdown: string): PlanItem[] {
  let section: PlanItem["status"] | undefined;
  return markdown.split(/\r?\n/).flatMap((line) => {
    const heading = /^#+\s+(.*?)\s*$/.exec(line)?.[1];
    if (heading !== undefined) {
      section = STATUS_OF_HEADING[heading.toLowerCase()];
      return [];
    }
    const [, bullet, mark, text = ""] = /^\s*([-*]\s+)?([→☐✓])?\s*(.*?)\s*$/u.exec(line) ?? [];
    const status = mark === undefined ? section : STATUS_OF_MARK[mark];
    const isItem = mark !== undefined || bullet !== undefined;
    return isItem && status !== undefined && text !== "" ? [{ text: asText(text), status }] : [];
  });
}

/** Parses the list in the session file, which is nearly always empty. */
export function readListedPlan(value: unknown): PlanItem[] {
  return asArray(value).flatMap((each) => {
    const item = asObject(each);
    const text = asText(item === null ? each : (item["content"] ?? item["description"] ?? item["title"]));
    return text === "" ? [] : [{ text, status: statusNamed(asText(item?.["status"])) }];
  });
}

function statusNamed(name: string): PlanItem["status"] {
  if (/^(in[_ -]?progress|active)$/i.test(name)) return "active";
  return /^(completed?|done)$/i.test(name) ? "done" : "pending";
}
