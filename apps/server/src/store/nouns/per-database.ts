import type { CompiledQuery, Kysely } from "kysely";
import type { Database } from "../schema.ts";

/**
 * A statement of a hot path, compiled once for each database and not at each use, where compiling takes longer than
 * running it. The builder's values only stand for the parameters: those are given, in the order of the text, at each use.
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
