import { searchWords } from "@trunkline/contract";

/** A phrase: words in sequence. */
export interface SearchTerm {
  words: string[];
  /** The last word may be a prefix. */
  isBeginning: boolean;
}

/** Maximum words of a query, over all terms: cost grows with them, and more would only find less. */
const MAX_WORDS = 32;

/** A quoted phrase, or text between spaces. */
const TYPED = /"([^"]*)"|\S+/gu;

/**
 * Parses a search query: every term must occur, quoted ones as a phrase; the last may be a prefix of two letters or
 * more. Any text is valid.
 * @returns none if there is no letter or digit to look for.
 */
export function readTerms(typed: string): SearchTerm[] {
  const terms = new Map<string, SearchTerm & { isPhrase: boolean }>();
  let left = MAX_WORDS;
  for (const [all, phrase] of typed.matchAll(TYPED)) {
    const words = searchWords(phrase ?? all).slice(0, left);
    if (words.length === 0) continue;
    left -= words.length;
    const key = words.join(" ");
    // The last one typed may be a prefix, so it must stay last.
    terms.delete(key);
    terms.set(key, { words, isBeginning: false, isPhrase: phrase !== undefined });
  }
  const read = [...terms.values()];
  const last = read.at(-1);
  // Too many words start with any one letter.
  if (last?.isPhrase === false) last.isBeginning = (last.words.at(-1)?.length ?? 0) > 1;
  return read.map(({ words, isBeginning }) => ({ words, isBeginning }));
}
