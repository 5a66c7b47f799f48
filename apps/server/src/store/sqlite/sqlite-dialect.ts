import { sql } from "kysely";
import type { Dialect } from "../nouns/dialect.ts";

/** `fold_for_search` is ours: see search-text.ts. */
export const sqliteDialect: Dialect = {
  now: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
  storedBytes: sql<number>`(
    select (page_count - freelist_count) * page_size
    from pragma_page_count(), pragma_freelist_count(), pragma_page_size())`,
  titleContains: (folded) => sql<boolean>`instr(fold_for_search(s.title), ${folded}) > 0`,
};
