import { sql } from "kysely";
import type { Dialect } from "../nouns/dialect.ts";

/** `title_folded` is written together with the title: see row-writer.ts. */
export const postgresDialect: Dialect = {
  now: sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`,
  titleContains: (folded) => sql<boolean>`strpos(s.title_folded, ${folded}) > 0`,
};
