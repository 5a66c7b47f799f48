/**
 * Counts the lines that differ between two texts. What begins and ends alike is left aside; of the rest, lines that
 * occur in both count as kept wherever they stand. Linear in the texts' length, where a least diff would not be.
 */
export function countLineChanges(before: string, after: string): { additions: number; deletions: number } {
  const old = linesOf(before);
  const now = linesOf(after);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  const most = Math.min(old.length, now.length) - start;
  while (end < most && old[old.length - 1 - end] === now[now.length - 1 - end]) end++;

  const remaining = new Map<string, number>();
  const oldMiddle = old.slice(start, old.length - end);
  for (const line of oldMiddle) remaining.set(line, (remaining.get(line) ?? 0) + 1);
  let kept = 0;
  const nowMiddle = now.slice(start, now.length - end);
  for (const line of nowMiddle) {
    const count = remaining.get(line) ?? 0;
    if (count === 0) continue;
    remaining.set(line, count - 1);
    kept++;
  }
  return { additions: nowMiddle.length - kept, deletions: oldMiddle.length - kept };
}

export function linesOf(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}
