const LINE_FEED = 10;

/** Beyond this, moved lines count as removed and added: tracking them takes memory per line. */
const MAX_COMPARED_LINES = 100_000;

/**
 * Counts changed lines between two texts. The common start and end are skipped; of the rest, lines that occur in both
 * count as unchanged, wherever they are. Linear in the length, unlike a minimal diff.
 */
export function countLineChanges(
  before: Uint8Array,
  after: Uint8Array,
): { additions: number; deletions: number } {
  const [old, now] = withoutCommonEnds(before, after);
  const deletions = countLines(old);
  const additions = countLines(now);
  const isLarge = Math.max(additions, deletions) > MAX_COMPARED_LINES;
  const kept = isLarge || additions === 0 || deletions === 0 ? 0 : countKept(linesOf(old), linesOf(now));
  return { additions: additions - kept, deletions: deletions - kept };
}

/** Lines of a text, including what follows the last line end. */
export function countLines(text: Uint8Array): number {
  let lines = 0;
  for (let at = text.indexOf(LINE_FEED); at >= 0; at = text.indexOf(LINE_FEED, at + 1)) lines++;
  return text.length > 0 && text.at(-1) !== LINE_FEED ? lines + 1 : lines;
}

/** The lines without the common start and end. */
function withoutCommonEnds(before: Uint8Array, after: Uint8Array): [Uint8Array, Uint8Array] {
  const most = Math.min(before.length, after.length);
  let begin = 0;
  let lineBegin = 0;
  while (begin < most && before[begin] === after[begin]) if (before[begin++] === LINE_FEED) lineBegin = begin;
  if (begin === before.length && begin === after.length) lineBegin = begin;
  let end = 0;
  let lineEnd = 0;
  const room = most - lineBegin;
  const isLineBegin = (text: Uint8Array): boolean =>
    text.length - end === lineBegin || text[text.length - end - 1] === LINE_FEED;
  while (true) {
    // From here on both are identical.
    if (isLineBegin(before) && isLineBegin(after)) lineEnd = end;
    if (end >= room || before[before.length - 1 - end] !== after[after.length - 1 - end]) break;
    end++;
  }
  return [
    before.subarray(lineBegin, before.length - lineEnd),
    after.subarray(lineBegin, after.length - lineEnd),
  ];
}

function countKept(old: readonly string[], now: readonly string[]): number {
  const remaining = new Map<string, number>();
  for (const line of old) remaining.set(line, (remaining.get(line) ?? 0) + 1);
  let kept = 0;
  for (const line of now) {
    const count = remaining.get(line) ?? 0;
    if (count === 0) continue;
    remaining.set(line, count - 1);
    kept++;
  }
  return kept;
}

function linesOf(text: Uint8Array): string[] {
  const lines = Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString("latin1").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
