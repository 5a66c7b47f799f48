import { type Kysely, sql } from "kysely";
import type { SharedDirectoryStore } from "../ports/shared-directory.ts";
import type { Database } from "../schema.ts";

/** A node that is silent for this long counts as dead. */
const SILENT = sql`interval '10 seconds'`;

/** Run separately, on a connection for reads; all of them may run twice. */
export function createPostgresSharedDirectory(db: Kysely<Database>): SharedDirectoryStore {
  return {
    async claim(directoryId) {
      await sql`insert into shared_directory (id) values (${directoryId}) on conflict do nothing`.execute(db);
      const { rows } = await sql<{ id: string }>`select id from shared_directory`.execute(db);
      return rows[0]?.id ?? directoryId;
    },

    async meet({ file, name }) {
      await sql`
        insert into shared_directory_nodes (file, name, seen_at) values (${file}, ${name}, statement_timestamp())
        on conflict (file) do update set seen_at = excluded.seen_at`.execute(db);
      const { rows } = await sql<{ file: string; name: string }>`
        select file, name from shared_directory_nodes
        where file <> ${file} and seen_at > statement_timestamp() - ${SILENT} order by file`.execute(db);
      return rows;
    },

    async leave(file) {
      await sql`
        delete from shared_directory_nodes
        where file = ${file} or seen_at < statement_timestamp() - interval '1 day'`.execute(db);
    },
  };
}
