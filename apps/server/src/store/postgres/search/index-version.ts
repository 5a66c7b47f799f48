import type { Client } from "pg";

/** Raise this whenever the folding of texts or the index format changes: an index of another version is rebuilt. */
const VERSION = 1;

/**
 * Empties an index of an earlier version, and queues its contents in `search_backlog`, in order.
 * @throws Error if a later version maintains the index, which is up to its nodes.
 */
export async function ensureVersion(client: Client): Promise<void> {
  const { rows } = await client.query<{ version: number }>("select version from search_version");
  const version = rows[0]?.version ?? 0;
  if (version === VERSION) return;
  if (version > VERSION) throw new Error("the search index is kept by a later version of Trunkline");
  await client.query(`
    begin;
    set local statement_timeout = 0;
    select version from search_version for update;
    insert into search_backlog (session_id, seq)
      select session_id, seq from search_documents order by owner_number, place;
    delete from search_documents;
    delete from search_owners;
    update search_version set version = ${VERSION};
    commit`);
}
