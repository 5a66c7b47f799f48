import { NO_WORD } from "../../search-text.ts";
import type { SearchTerm } from "../../search-terms.ts";

/** Size of a block: adjacent texts of one owner with their own lexemes. */
const BLOCK_PLACES = 4_096;

/** PostgreSQL's limit for a tsvector is 1 MB. No text by a person comes close; what is beyond is not found. */
const MAX_LEXEME_BYTES = 1_000_000;

/** @returns the first position of the oldest of several blocks, the newest of which contains this position. */
export function firstPlaceOf(newest: number, blocks: number): number {
  return newest - (newest % BLOCK_PLACES) - (blocks - 1) * BLOCK_PLACES;
}

/**
 * A text's words for its tsvector: each once, prefixed with owner and block. So a word is looked up only among the
 * owner's texts, one block at a time, from the newest to the oldest: the cost of a search does not depend on others'
 * texts, and no posting list exceeds a block, however common its word.
 * (docs/decisions/030-words-of-our-own-on-postgresql.md)
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
 * A `tsquery` for the texts of the blocks between two positions in which every term occurs. Which of them contain a
 * phrase's words in sequence is decided by `phrasesOf`. Words are letters, digits and marks, so nothing needs escaping.
 */
export function toQuery(
  ownerNumber: number,
  { oldest, newest }: { oldest: number; newest: number },
  terms: readonly SearchTerm[],
): string {
  const queries: string[] = [];
  for (let place = firstPlaceOf(oldest, 1); place <= newest; place += BLOCK_PLACES) {
    const prefix = prefixOf(ownerNumber, place);
    const wanted = terms.flatMap(({ words, isBeginning }) =>
      words.map(
        (word, index) => `'${prefix}${word}'${isBeginning && index === words.length - 1 ? ":*" : ""}`,
      ),
    );
    queries.push(`(${[...new Set(wanted)].join(" & ")})`);
  }
  return queries.join(" | ");
}

/** What a text's words, as written by `joinWords`, must contain: the terms of more than one word. */
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
