import { fits } from "./command-words.ts";

/** Whether the text is a pattern of paths: relative, and without `.` and `..`. */
export function isPathTerm(text: string): boolean {
  const names = text.split("/");
  return !text.includes("\\") && names.every((name) => name !== "" && name !== "." && name !== "..");
}

/**
 * `yes`: the path fits. `below`: it is a directory, or may be one, in which something may fit. Names that begin with a dot fit
 * only where the pattern says so, unless `withHidden`.
 * @param path relative to the workspace, without `.` and `..`; empty: the workspace
 */
export function fitPath(
  pattern: string,
  path: string,
  { withHidden }: { withHidden: boolean },
): "yes" | "below" | "no" {
  const names = path === "" ? [] : path.split("/");
  const parts = pattern.split("/");
  // Positions in the pattern that the names so far may have led to; as a set, the cost is bounded by the product.
  let reached = withEmptyStars(parts, [0]);
  for (const name of names) {
    const after: number[] = [];
    for (const at of reached) {
      const part = parts[at];
      if (part === "**") {
        if (!withHidden && name.startsWith(".")) continue;
        after.push(at);
        if (at === parts.length - 1) after.push(at + 1);
      } else if (part !== undefined && fitsName(part, name, withHidden)) after.push(at + 1);
    }
    reached = withEmptyStars(parts, after);
  }
  if (reached.has(parts.length)) return "yes";
  return reached.size > 0 ? "below" : "no";
}

/** `**` also stands for no directory at all, except at the end. */
function withEmptyStars(parts: readonly string[], positions: readonly number[]): Set<number> {
  const reached = new Set(positions);
  for (const at of reached) if (parts[at] === "**" && at < parts.length - 1) reached.add(at + 1);
  return reached;
}

function fitsName(part: string, name: string, withHidden: boolean): boolean {
  const isHidden = name.startsWith(".") && !part.startsWith(".");
  return (withHidden || !isHidden) && fits(part.split("*"), name);
}
