/** A line of a diff; `note` is about the file's end, or why there are no lines. */
export interface DiffLine {
  kind: "context" | "added" | "deleted" | "hunk" | "note";
  /** Line number before; null if there was no such line. */
  before: number | null;
  /** Line number after; null if there is no such line. */
  after: number | null;
  text: string;
}

/** `@@ -12,7 +12,9 @@ where it is` */
const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;

/**
 * Lines of one file's diff as git prints it. What comes before the first hunk is not among them, except that the file
 * is binary.
 */
export function parseDiff(diff: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let [before, after, beforeLeft, afterLeft] = [0, 0, 0, 0];
  for (const line of diff.replace(/\n$/, "").split("\n")) {
    // Within a hunk a line's sign decides, whatever follows it: a deleted `-- a` is no header.
    if (beforeLeft > 0 || afterLeft > 0 || line.startsWith("\\")) {
      const text = line.slice(1).replace(/\r$/, "⟨CR⟩");
      const sign = line[0];
      if (sign === "+") {
        lines.push({ kind: "added", before: null, after: after++, text });
        afterLeft -= 1;
      } else if (sign === "-") {
        lines.push({ kind: "deleted", before: before++, after: null, text });
        beforeLeft -= 1;
      } else if (sign === "\\") {
        lines.push({ kind: "note", before: null, after: null, text: "No newline at end of file" });
      } else {
        lines.push({ kind: "context", before: before++, after: after++, text });
        beforeLeft -= 1;
        afterLeft -= 1;
      }
      continue;
    }
    const hunk = HUNK.exec(line);
    if (hunk !== null) {
      const [, beforeStart, beforeCount = "1", afterStart, afterCount = "1", where = ""] = hunk;
      [before, after] = [Number(beforeStart), Number(afterStart)];
      [beforeLeft, afterLeft] = [Number(beforeCount), Number(afterCount)];
      lines.push({ kind: "hunk", before: null, after: null, text: where });
    } else if (/^(?:Binary files .* differ|GIT binary patch)$/.test(line)) {
      lines.push({ kind: "note", before: null, after: null, text: "Binary file" });
    }
  }
  return lines;
}
