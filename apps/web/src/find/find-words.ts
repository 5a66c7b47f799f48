import { placedSearchWords, searchWords } from "@trunkline/contract";

/** What the server's search looks for, word by word. */
export interface FindWords {
  whole: ReadonlySet<string>;
  /** Any word that begins with it matches; null: there is none. */
  beginning: string | null;
}

/** Longer texts are marked as far as this, in UTF-16 units: words of other scripts take their time. */
const MAX_LENGTH = 50_000;

/** @param typed as for the server: the last word may be the beginning of one, unless it is quoted */
export function findWords(typed: string): FindWords {
  const words = searchWords(typed);
  const last = words.at(-1) ?? "";
  const isBeginning = last.length > 1 && !typed.trimEnd().endsWith('"');
  return { whole: new Set(words), beginning: isBeginning ? last : null };
}

/** Places of the words in a text: [start, end), in UTF-16 units. */
export function placesOf(text: string, { whole, beginning }: FindWords): [number, number][] {
  if (whole.size === 0) return [];
  const places: [number, number][] = [];
  for (const { word, start, end } of wordsOf(text.slice(0, MAX_LENGTH))) {
    if (whole.has(word)) places.push([start, end]);
    else if (beginning !== null && word.startsWith(beginning)) places.push([start, start + beginning.length]);
  }
  return places;
}

const ASCII = /^[\0-\u007F]*$/;

function* wordsOf(text: string): Generator<{ word: string; start: number; end: number }> {
  if (!ASCII.test(text)) return yield* placedSearchWords(text);
  for (const { 0: word, index } of text.matchAll(/[a-z\d]+/gi))
    yield { word: word.toLowerCase(), start: index, end: index + word.length };
}
