import { placedSearchWords, type SearchHit, searchWords } from "@trunkline/contract";
import type { SearchTerm } from "./search-terms.ts";

/** Maximum words and UTF-16 units of a snippet: not everything between two spaces is a word. */
const SNIPPET_WORDS = 24;
const SNIPPET_LENGTH = 400;
/** Words and units shown before the first match. */
const WORDS_BEFORE = 6;
const LENGTH_BEFORE = 100;
/** Matches examined when looking for the place with the most terms. */
const MAX_MATCHES = 1_000;

type Snippet = Pick<SearchHit, "snippet" | "matches">;

/** Where a term occurs: its first word, and the one after its last. */
interface Match {
  term: SearchTerm;
  from: number;
  to: number;
}

/** The part of the text where most of the terms occur together. Linear in the text. */
export function cutSnippet(text: string, terms: readonly SearchTerm[]): Snippet {
  const blocks = cutBlocks(text);
  const words = blocks.flatMap(({ words: own }) => own);
  const matches = findMatches(words, terms);
  const isShort = words.length <= SNIPPET_WORDS;
  const first = isShort ? 0 : Math.max(0, densest(matches) - WORDS_BEFORE);
  const last = Math.min(words.length, first + SNIPPET_WORDS);
  const places = placesOf(blocks, first, last);

  const shown = matches
    .filter(({ from, to }) => from >= first && to <= last)
    .map(({ from, to }) => ({
      start: places[from - first]?.start ?? 0,
      end: places[to - 1 - first]?.end ?? 0,
    }));
  const wantedStart = first === 0 ? 0 : (places[0]?.start ?? 0);
  const wantedEnd = last === words.length ? text.length : (places.at(-1)?.end ?? text.length);
  const start = wholeCharacter(text, Math.max(wantedStart, (shown[0]?.start ?? 0) - LENGTH_BEFORE));
  const end = wholeCharacter(text, Math.min(wantedEnd, start + SNIPPET_LENGTH));

  const before = start > 0 ? "…" : "";
  const after = end < text.length ? "…" : "";
  const offset = before.length - start;
  return {
    snippet: before + text.slice(start, end) + after,
    matches: disjoint(shown.filter((match) => match.start >= start && match.end <= end)).map(
      (match): [number, number] => [match.start + offset, match.end + offset],
    ),
  };
}

interface Block {
  text: string;
  /** Offset in the whole text. */
  offset: number;
  words: string[];
}

/** Locating words takes much longer than finding them, so it is only done for the parts shown. */
const BLOCK_LENGTH = 2_000;

function cutBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  for (let offset = 0; offset < text.length;) {
    let end = Math.min(text.length, offset + BLOCK_LENGTH);
    if (end < text.length) {
      const space = text.slice(offset, end).search(/\s\S*$/u);
      end = space > 0 ? offset + space : Math.max(offset + 1, wholeCharacter(text, end));
    }
    const part = text.slice(offset, end);
    blocks.push({ text: part, offset, words: searchWords(part) });
    offset = end;
  }
  return blocks;
}

/** In text order, longer ones first. */
function findMatches(words: readonly string[], terms: readonly SearchTerm[]): Match[] {
  const matches: Match[] = [];
  const longestFirst = terms.toSorted((a, b) => b.words.length - a.words.length);
  for (let from = 0; from < words.length && matches.length < MAX_MATCHES; from++) {
    for (const term of longestFirst) {
      if (standsAt(words, from, term)) matches.push({ term, from, to: from + term.words.length });
    }
  }
  return matches;
}

function standsAt(
  words: readonly string[],
  from: number,
  { words: wanted, isBeginning }: SearchTerm,
): boolean {
  const lastIndex = wanted.length - 1;
  return wanted.every((word, index) => {
    const found = words[from + index];
    return isBeginning && index === lastIndex ? found?.startsWith(word) === true : found === word;
  });
}

/** The first word of the part with the most terms. */
function densest(matches: readonly Match[]): number {
  const counts = new Map<SearchTerm, number>();
  let best = matches[0]?.from ?? 0;
  let most = 0;
  let oldest = 0;
  for (const { term, to } of matches) {
    counts.set(term, (counts.get(term) ?? 0) + 1);
    for (let leaving = matches[oldest]; leaving !== undefined; leaving = matches[oldest]) {
      if (to - leaving.from <= SNIPPET_WORDS - WORDS_BEFORE || leaving.to === to) break;
      const count = (counts.get(leaving.term) ?? 1) - 1;
      if (count === 0) counts.delete(leaving.term);
      else counts.set(leaving.term, count);
      oldest += 1;
    }
    if (counts.size <= most) continue;
    most = counts.size;
    best = matches[oldest]?.from ?? best;
  }
  return best;
}

/** Range of the words from `first` to before `last`. */
function placesOf(blocks: readonly Block[], first: number, last: number): { start: number; end: number }[] {
  const places: { start: number; end: number }[] = [];
  let index = 0;
  for (const { text, offset, words } of blocks) {
    if (index + words.length > first && index < last) {
      let own = index;
      for (const { start, end } of placedSearchWords(text)) {
        if (own >= first && own < last) places.push({ start: offset + start, end: offset + end });
        own += 1;
      }
    }
    index += words.length;
  }
  return places;
}

function disjoint<Part extends { start: number; end: number }>(parts: readonly Part[]): Part[] {
  let end = 0;
  return parts.filter((part) => {
    if (part.start < end) return false;
    end = part.end;
    return true;
  });
}

/** @returns the index, or the one before it if it would split a surrogate pair. */
function wholeCharacter(text: string, index: number): number {
  const isInside =
    /[\udc00-\udfff]/.test(text.charAt(index)) && /[\ud800-\udbff]/.test(text.charAt(index - 1));
  return isInside ? index - 1 : index;
}
