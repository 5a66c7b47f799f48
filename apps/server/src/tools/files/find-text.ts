import type { TextUnits } from "./text-encoding.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * Finds all non-overlapping occurrences in time linear in both lengths (Knuth, Morris, Pratt); `indexOf` takes
 * quadratic time for hostile input.
 * @param options.anyLineEnd The part's line feeds match CR LF, too.
 * @returns their number.
 */
export function findText(
  text: TextUnits,
  part: TextUnits,
  options: { anyLineEnd: boolean; onMatch: (begin: number, end: number) => void },
): number {
  const { anyLineEnd, onMatch } = options;
  const borders = bordersOf(part);
  let count = 0;
  let matched = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text[at] ?? 0;
    if (anyLineEnd && unit === CARRIAGE_RETURN && text[at + 1] === LINE_FEED) continue;
    while (matched > 0 && part[matched] !== unit) matched = borders[matched - 1] ?? 0;
    if (part[matched] === unit) matched++;
    if (matched < part.length) continue;
    matched = 0;
    count++;
    onMatch(anyLineEnd ? beginOf(text, at + 1, part.length) : at + 1 - part.length, at + 1);
  }
  return count;
}

/** For each prefix of the part, the length of its longest proper border: where to continue after a mismatch. */
function bordersOf(part: TextUnits): Uint32Array {
  const borders = new Uint32Array(part.length);
  for (let at = 1, length = 0; at < part.length; at++) {
    while (length > 0 && part[at] !== part[length]) length = borders[length - 1] ?? 0;
    if (part[at] === part[length]) length++;
    borders[at] = length;
  }
  return borders;
}

/** Steps back from a match's end, counting CR LF as one unit. */
function beginOf(text: TextUnits, end: number, length: number): number {
  let at = end;
  for (let left = length; left > 0; left--) {
    at--;
    if (text[at] === LINE_FEED && text[at - 1] === CARRIAGE_RETURN) at--;
  }
  return at;
}
