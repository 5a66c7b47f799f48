import type { Client } from "pg";

/** Per statement. */
const MAX_DOCUMENTS = 500;

/** Removes some documents of a deleted session. @returns whether there may be more. */
export async function removeGone(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ session_id: string }>("select session_id from search_gone limit 1");
  const [gone] = rows;
  if (gone === undefined) return false;
  const { rowCount } = await client.query(
    `delete from search_documents where session_id = $1 and seq in
      (select seq from search_documents where session_id = $1 order by seq limit ${MAX_DOCUMENTS})`,
    [gone.session_id],
  );
  if ((rowCount ?? 0) < MAX_DOCUMENTS) {
    await client.query("delete from search_gone where session_id = $1", [gone.session_id]);
  }
  return true;
}
