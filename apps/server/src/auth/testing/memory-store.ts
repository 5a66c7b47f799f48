import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { up } from "../../store/migrations/001-initial.ts";
import type { Store } from "../../store/port.ts";
import type { Database as Schema } from "../../store/schema.ts";

export async function openMemoryStore(): Promise<Store> {
  const database = new Database(":memory:");
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) });
  await up(db as Kysely<unknown>);
  return {
    db,
    async commit() {
      throw new Error("not here");
    },
    async write(writes) {
      database.transaction(() => {
        for (const { sql, parameters } of writes) database.prepare(sql).run(...parameters);
      })();
    },
    close: () => db.destroy(),
  };
}
