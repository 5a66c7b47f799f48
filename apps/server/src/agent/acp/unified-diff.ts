const CONTEXT_LINES = 3;

/**
 * The change as one hunk, as `git diff` writes it. Linear in the length: what lies between the first and the last changed
 * line counts as replaced.
 * @param path relative, for the head; null in the place of a text: there was, or is, no file.
 */
export function unifiedDiff(path: string, before: string | null, after: string | null): string {
  const old = linesOf(before ?? "");
  const now = linesOf(after ?? "");
  const most = Math.min(old.length, now.length);
  let head = 0;
  while (head < most && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  if (head === old.length && head === now.length) return "";
  const from = Math.max(0, head - CONTEXT_LINES);
  const after1 = Math.max(0, tail - CONTEXT_LINES);
  const span = (lines: readonly string[]): string => {
    const count = lines.length - after1 - from;
    return `${count === 0 ? from : from + 1}${count === 1 ? "" : `,${count}`}`;
  };
  const marked = (mark: string, lines: readonly string[]): string[] =>
    lines.map((line) => marking(mark, line));
  return [
    before === null ? "--- /dev/null" : `--- a/${path}`,
    after === null ? "+++ /dev/null" : `+++ b/${path}`,
    `@@ -${span(old)} +${span(now)} @@`,
    ...marked(" ", old.slice(from, head)),
    ...marked("-", old.slice(head, old.length - tail)),
    ...marked("+", now.slice(head, now.length - tail)),
    ...marked(" ", old.slice(old.length - tail, old.length - after1)),
    "",
  ].join("\n");
}

/** Each with its line end, which the last may lack. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function marking(mark: string, line: string): string {
  return line.endsWith("\n") ? `${mark}${line.slice(0, -1)}` : `${mark}${line}\n\\ No newline at end of file`;
}
