import { searchWords } from "@trunkline/contract";

/** Words that have to follow each other. */
export interface SearchTerm {
  words: string[];
  /** The last word may be the beginning of one. */
  isBeginning: boolean;
}

/** Words that are looked for, all terms together: what a query costs grows with them, and more would only find less. */
const MAX_WORDS = 32;

/** What is in quotes, or stands between spaces. */
const TYPED = /"([^"]*)"|\S+/gu;

/**
 * Reads what a person typed: every term must occur, what is in quotes as it stands there; the last may be a beginning,
 * from two letters on. Any text is fine.
 * @returns none where there is no letter or digit to look for.
 */
export function readTerms(typed: string): SearchTerm[] {
  const terms = new Map<string, SearchTerm & { isPhrase: boolean }>();
  let left = MAX_WORDS;
  for (const [all, phrase] of typed.matchAll(TYPED)) {
    const words = searchWords(phrase ?? all).slice(0, left);
    if (words.length === 0) continue;
    left -= words.length;
    const key = words.join(" ");
    // The last one typed may be a beginning, so it has to stay the last.
    terms.delete(key);
    terms.set(key, { words, isBeginning: false, isPhrase: phrase !== undefined });
  }
  const read = [...terms.values()];
  const last = read.at(-1);
  // Too many words begin with any one letter, and nobody looks for all of them.
  if (last?.isPhrase === false) last.isBeginning = (last.words.at(-1)?.length ?? 0) > 1;
  return read.map(({ words, isBeginning }) => ({ words, isBeginning }));
}
