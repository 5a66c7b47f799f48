import { NO_WORD } from "../../search-text.ts";
import type { SearchTerm } from "../../search-terms.ts";

/** Texts of one owner, side by side in the order they were written, whose lexemes are told apart from all others'. */
const BLOCK_PLACES = 4_096;

/** PostgreSQL's bound for a tsvector's text is 1 MB. No text of a person comes near it: what is beyond is not found. */
const MAX_LEXEME_BYTES = 1_000_000;

/** @returns the first and the last place of the block that a place is in. */
export function blockOf(place: number): { first: number; last: number } {
  const first = place - (place % BLOCK_PLACES);
  return { first, last: first + BLOCK_PLACES - 1 };
}

/**
 * The words of a text as its tsvector has them: each once, behind its owner and its block. So a word of one owner is looked up
 * among that owner's texts alone, and a block at a time, from the newest to the oldest: what a search costs depends on nobody else's
 * texts, and no list in the index is longer than a block, however common its word.
 * (docs/decisions: search on PostgreSQL)
 */
export function lexemesOf(ownerNumber: number, place: number, words: readonly string[]): string[] {
  const prefix = prefixOf(ownerNumber, place);
  let bytes = 0;
  const lexemes: string[] = [];
  for (const word of new Set(words)) {
    if (word === NO_WORD) continue;
    bytes += prefix.length + Buffer.byteLength(word);
    if (bytes > MAX_LEXEME_BYTES) break;
    lexemes.push(prefix + word);
  }
  return lexemes;
}

/**
 * What all texts of a block have in which each of the terms occurs; PostgreSQL's `tsquery`. Which of these have the words of a
 * phrase one after the other is for `phrasesOf` to say. Words are letters, digits and marks: nothing needs an escape.
 */
export function toQuery(ownerNumber: number, place: number, terms: readonly SearchTerm[]): string {
  const prefix = prefixOf(ownerNumber, place);
  const wanted = terms.flatMap(({ words, isBeginning }) =>
    words.map((word, index) => `'${prefix}${word}'${isBeginning && index === words.length - 1 ? ":*" : ""}`),
  );
  return [...new Set(wanted)].join(" & ");
}

/** What a text's words, as `joinWords` writes them, must contain: the terms of more than one word. */
export function phrasesOf(terms: readonly SearchTerm[]): string[] {
  return terms
    .filter(({ words }) => words.length > 1)
    .map(({ words, isBeginning }) => ` ${words.join(" ")}${isBeginning ? "" : " "}`);
}

export function joinWords(words: readonly string[]): string {
  return ` ${words.join(" ")} `;
}

function prefixOf(ownerNumber: number, place: number): string {
  return `${ownerNumber.toString(36)}.${Math.floor(place / BLOCK_PLACES).toString(36)}.`;
}
