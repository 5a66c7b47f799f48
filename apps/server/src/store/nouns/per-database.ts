import type { CompiledQuery, Kysely } from "kysely";
import type { Database } from "../schema.ts";

/**
 * A hot statement, compiled once per database instead of on each use, where compiling takes longer than running it. The
 * builder's values are placeholders; actual parameters are given on each use, in the order of the text.
 */
export function perDatabase<Row>(
  build: (db: Kysely<Database>) => CompiledQuery<Row>,
): (db: Kysely<Database>, parameters: readonly unknown[]) => CompiledQuery<Row> {
  const compiled = new WeakMap<Kysely<Database>, CompiledQuery<Row>>();
  return (db, parameters) => {
    let query = compiled.get(db);
    if (query === undefined) {
      query = build(db);
      compiled.set(db, query);
    }
    return { ...query, parameters };
  };
}
