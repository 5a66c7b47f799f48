import { sql } from "kysely";
import type { Dialect } from "../nouns/dialect.ts";

/** `fold_for_search` is ours: see search-text.ts. */
export const sqliteDialect: Dialect = {
  titleContains: (folded) => sql<boolean>`instr(fold_for_search(s.title), ${folded}) > 0`,
};
