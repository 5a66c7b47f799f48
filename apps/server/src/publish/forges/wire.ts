import { z } from "zod";

/** ISO 8601, to ms since the epoch. */
export const Time = z.string().transform((text, context) => {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) context.addIssue({ code: "custom", message: "is no time" });
  return ms;
});

/** A repository's path, each part as one segment of a URL. */
export function segments(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** A line number in the new version of a file; forges say 0 or null where there is none. */
export function lineNumber(line: number | null | undefined): number | null {
  return typeof line === "number" && line > 0 ? line : null;
}
