import { sql } from "kysely";
import type { Dialect } from "../nouns/dialect.ts";

/** `title_folded` is written together with the title: see row-writer.ts. */
export const postgresDialect: Dialect = {
  now: sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`,
  // A table's size tells its holes as well, and what is dead is counted late. Lengths come from the headers of large values.
  storedBytes: sql<string>`(select coalesce(sum(octet_length(data) + 100), 0) from events)`,
  titleContains: (folded) => sql<boolean>`strpos(s.title_folded, ${folded}) > 0`,
};
