import type Database from "better-sqlite3";
import { FIRST_PLACE, PLACE_BITS } from "./search-index.ts";
import { SEARCHED_TYPES } from "./search-text.ts";

/** Per step: commits wait for it. */
const MAX_TEXTS = 100;
const MAX_BYTES = 200_000;

interface WaitingText {
  id: number;
  session_id: string;
  seq: number;
  owner_id: string | null;
  bytes: number | null;
}

/**
 * Reindexes the contents of an earlier index version, newest first, a little at a time: a large store starts as fast as
 * a small one, and older texts become searchable later.
 * @returns a function that takes a step; it returns false once nothing is left.
 */
export function createSearchBackfill(database: Database.Database): () => boolean {
  const waiting = database.prepare<[], WaitingText>(`
    select b.id, b.session_id, b.seq, s.owner_id, octet_length(e.data) as bytes
    from search_backlog b
    left join sessions s on s.id = b.session_id
    left join events e on e.session_id = b.session_id and e.seq = b.seq and e.type in ${SEARCHED_TYPES}
    order by b.id desc limit ${MAX_TEXTS}`);
  const takePlace = database
    .prepare<[string], number>(
      `insert into search_owners (owner_id, oldest, newest) values (?, ${FIRST_PLACE - 1}, ${FIRST_PLACE - 1})
       on conflict (owner_id) do update set oldest = oldest - 1 returning (number << ${PLACE_BITS}) | oldest`,
    )
    .pluck();
  const note = database.prepare<[bigint, string, number]>(
    "insert into search_documents (id, session_id, seq) values (?, ?, ?)",
  );
  const index = database.prepare<[bigint, string, number]>(
    `insert into search (rowid, words)
     select ?, search_words(type, data) from events where session_id = ? and seq = ?`,
  );
  const forget = database.prepare<[number]>("delete from search_backlog where id >= ?");

  const step = database.transaction((): boolean => {
    const texts = waiting.all();
    let bytes = 0;
    let last: number | undefined;
    for (const { id, session_id, seq, owner_id, bytes: own } of texts) {
      bytes += own ?? 0;
      if (last !== undefined && bytes > MAX_BYTES) break;
      last = id;
      // Deleted meanwhile.
      if (owner_id === null || own === null) continue;
      const place = BigInt(takePlace.get(owner_id) as number);
      note.run(place, session_id, seq);
      index.run(place, session_id, seq);
    }
    if (last !== undefined) forget.run(last);
    return last !== undefined;
  });
  return () => step.immediate();
}
