import type { Client } from "pg";
import { SEARCHED_TYPES } from "../../search-text.ts";
import { ensureVersion } from "./index-version.ts";
import { indexBacklog } from "./index-backlog.ts";
import { indexTexts, type TextPlace } from "./index-texts.ts";
import { removeGone } from "./remove-gone.ts";
import { type DatabaseAddress, withConnection } from "./thread-connection.ts";

/** The searched texts in a range of a session's log. */
export interface IndexWork {
  sessionId: string;
  fromSeq: number;
  toSeq: number;
}

export interface IndexRequest extends DatabaseAddress {
  /** `rest`: what is left from before the index, and of deleted sessions. */
  work: IndexWork[] | "rest";
}

/** A job takes at least one text, and no more after this long, in ms: others wait for its thread. */
const MAX_MS = 1_000;

/** Per transaction. */
const MAX_TEXTS = 100;
const MAX_BYTES = 1_000_000;

/** @returns the remaining work, for the next job. Runs in a worker process. */
export default async function index(request: IndexRequest): Promise<{ left: IndexWork[]; isMore: boolean }> {
  return withConnection(request, async (client) => {
    await ensureVersion(client);
    const { work } = request;
    if (work === "rest") {
      const isMore = (await removeGone(client)) || (await indexBacklog(client, MAX_TEXTS, MAX_BYTES));
      return { left: [], isMore };
    }
    const until = performance.now() + MAX_MS;
    let left = work;
    do left = await indexSome(client, left);
    while (left.length > 0 && performance.now() < until);
    return { left, isMore: false };
  });
}

/** @returns the remaining work. */
async function indexSome(client: Client, work: readonly IndexWork[]): Promise<IndexWork[]> {
  const { rows } = await client.query<TextPlace & { bytes: number; ordinal: number; isIndexed: boolean }>(
    `select e.session_id as "sessionId", e.seq, octet_length(e.data) as bytes, w.ordinal,
      exists (select from search_documents d where d.session_id = e.session_id and d.seq = e.seq) as "isIndexed"
    from unnest($1::text[], $2::int8[], $3::int8[]) with ordinality as w (session_id, from_seq, to_seq, ordinal)
    join events e on e.session_id = w.session_id and e.seq between w.from_seq and w.to_seq
    where e.type = any($4::text[])
    order by w.ordinal, e.seq limit ${MAX_TEXTS}`,
    [
      work.map(({ sessionId }) => sessionId),
      work.map(({ fromSeq }) => fromSeq),
      work.map(({ toSeq }) => toSeq),
      SEARCHED_TYPES,
    ],
  );
  let bytes = 0;
  let end = 0;
  while (end < rows.length) {
    const row = rows[end];
    if (row?.isIndexed === false) bytes += row.bytes;
    if (end > 0 && bytes > MAX_BYTES) break;
    end += 1;
  }
  const some = rows.slice(0, end);
  await indexTexts(
    client,
    some.filter(({ isIndexed }) => !isIndexed),
  );
  const last = some.at(-1);
  if (last === undefined || (end === rows.length && rows.length < MAX_TEXTS)) return [];
  const [current, ...others] = work.slice(last.ordinal - 1);
  return current === undefined ? [] : [{ ...current, fromSeq: last.seq + 1 }, ...others];
}
