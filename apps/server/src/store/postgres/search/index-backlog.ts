import type { Client } from "pg";
import { SEARCHED_TYPES } from "../../search-text.ts";
import { indexTexts, type TextPlace } from "./index-texts.ts";

/** Indexes some texts from before the index, newest first. @returns whether there may be more. */
export async function indexBacklog(client: Client, maxTexts: number, maxBytes: number): Promise<boolean> {
  const { rows } = await client.query<TextPlace & { id: number; bytes: number | null; isToDo: boolean }>(
    `select b.id, b.session_id as "sessionId", b.seq, octet_length(e.data) as bytes,
      e.seq is not null and
        not exists (select from search_documents d where d.session_id = b.session_id and d.seq = b.seq) as "isToDo"
    from (select * from search_backlog order by id desc limit ${maxTexts}) b
    left join events e on e.session_id = b.session_id and e.seq = b.seq and e.type = any($1::text[])
    order by b.id desc`,
    [SEARCHED_TYPES],
  );
  let bytes = 0;
  const tooMuch = rows.findIndex((row, index) => {
    if (row.isToDo) bytes += row.bytes ?? 0;
    return index > 0 && bytes > maxBytes;
  });
  const some = tooMuch === -1 ? rows : rows.slice(0, tooMuch);
  const last = some.at(-1);
  if (last === undefined) return false;
  await indexTexts(
    client,
    some.filter(({ isToDo }) => isToDo),
    {
      asOldest: true,
      also: async () => client.query("delete from search_backlog where id >= $1", [last.id]),
    },
  );
  return true;
}
