import { foldForSearch } from "@trunkline/contract";
import type Database from "better-sqlite3";
import { indexedWords, SEARCHED_TYPES as TYPES, searchedText } from "../search-text.ts";

/** The types that are searched, for SQL. */
export const SEARCHED_TYPES = `(${TYPES.map((type) => `'${type}'`).join(", ")})`;

/**
 * What is searched of an event, and how titles are compared, as SQL functions: the index and its triggers need them on
 * every connection.
 */
export function defineSearchFunctions(database: Database.Database): void {
  database.function("search_words", { deterministic: true }, (type: unknown, data: unknown) =>
    indexedWords(searchedText(type as string, data as string)).join(" "),
  );
  // Of the view that an earlier version's index has: until that is dropped, and in backups, its name has to mean something.
  database.function("search_text", { deterministic: true }, (_type: unknown, _data: unknown) => "");
  database.function("fold_for_search", { deterministic: true }, (text: unknown) =>
    foldForSearch(text as string),
  );
}
