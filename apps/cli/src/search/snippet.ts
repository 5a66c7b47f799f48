import type { SearchHit } from "@trunkline/contract";
import { plainText } from "../terminal/plain-text.ts";

/** Context before the first match, if space is limited. */
const LEAD_LENGTH = 16;

type Range = readonly [start: number, end: number];

/** A snippet on one line, safe to print, with the ranges of its matches in UTF-16 units. */
export interface Snippet {
  text: string;
  matches: readonly Range[];
}

/** @param cut whether context far before the first match may be dropped, because the line will be cut */
export function snippetOf({ snippet, matches }: SearchHit, { cut }: { cut: boolean }): Snippet {
  let text = "";
  const ranges: Range[] = [];
  let at = 0;
  // Piece by piece, because sanitising changes lengths.
  for (const [start, end] of matches) {
    text += onOneLine(snippet.slice(at, start));
    const from = text.length;
    text += onOneLine(snippet.slice(start, end));
    ranges.push([from, text.length]);
    at = end;
  }
  text += onOneLine(snippet.slice(at));

  const first = ranges[0]?.[0] ?? 0;
  const dropped = cut && first > LEAD_LENGTH ? first - LEAD_LENGTH : 0;
  if (dropped === 0) return { text, matches: ranges };
  const shift = 1 - dropped;
  return {
    text: `…${text.slice(dropped)}`,
    matches: ranges.map(([from, to]) => [from + shift, to + shift]),
  };
}

/** @param text a snippet's text, perhaps truncated */
export function paintMatches(
  text: string,
  matches: readonly Range[],
  paint: (text: string) => string,
): string {
  let painted = "";
  let at = 0;
  for (const [start, end] of matches) {
    if (start >= text.length) break;
    painted += text.slice(at, start) + paint(text.slice(start, end));
    at = end;
  }
  return painted + text.slice(at);
}

/** Spaces at the ends stay: they separate the pieces. */
function onOneLine(text: string): string {
  return plainText(text).replaceAll(/\s+/g, " ");
}
