import { foldForSearch } from "@trunkline/contract";
import type Database from "better-sqlite3";
import { indexedWords, SEARCHED_TYPES as TYPES, searchedText } from "../search-text.ts";

/** The searched event types, for SQL. */
export const SEARCHED_TYPES = `(${TYPES.map((type) => `'${type}'`).join(", ")})`;

/**
 * SQL functions for an event's searched text and for comparing titles; the index and its triggers need them on every
 * connection.
 */
export function defineSearchFunctions(database: Database.Database): void {
  database.function("search_words", { deterministic: true }, (type: unknown, data: unknown) =>
    indexedWords(searchedText(type as string, data as string)).join(" "),
  );
  // For the view of an earlier index version, which exists until it is dropped, and in backups.
  database.function("search_text", { deterministic: true }, (_type: unknown, _data: unknown) => "");
  database.function("fold_for_search", { deterministic: true }, (text: unknown) =>
    foldForSearch(text as string),
  );
}
