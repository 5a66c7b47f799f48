import { sql } from "kysely";
import type { Dialect } from "../nouns/dialect.ts";

/** `fold_for_search` is ours: see search-text.ts. */
export const sqliteDialect: Dialect = {
  now: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
  titleContains: (folded) => sql<boolean>`instr(fold_for_search(s.title), ${folded}) > 0`,
};
