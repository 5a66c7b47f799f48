import type { Client } from "pg";

/** Raised whenever it changes how texts are folded or how the index holds them: an index of another version is made anew. */
const VERSION = 1;

/**
 * An index of an earlier version is emptied, and what it held is noted in `search_backlog`, in its order.
 * @throws Error where a later version keeps the index: that is for its nodes to do.
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
