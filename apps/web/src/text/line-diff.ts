/** Context lines around a change. */
const CONTEXT = 3;

/** Common lines at the start and end are shown as context, up to a limit. */
export function lineDiff(before: string, after: string): string {
  const old = linesOf(before);
  const now = linesOf(after);
  const most = Math.min(old.length, now.length);
  let head = 0;
  while (head < most && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
  return [
    signed(old.slice(Math.max(0, head - CONTEXT), head), " "),
    signed(old.slice(head, old.length - tail), "-"),
    signed(now.slice(head, now.length - tail), "+"),
    signed(now.slice(now.length - tail).slice(0, CONTEXT), " "),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

export const linesOf = (text: string): string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

export const signed = (lines: readonly string[], sign: string): string =>
  lines.map((line) => `${sign} ${line}`).join("\n");
