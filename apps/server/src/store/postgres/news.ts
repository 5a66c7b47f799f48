import { type Kysely, sql } from "kysely";
import type { SessionEvent } from "@trunkline/contract";
import { type EventRow, toSessionEvent } from "../nouns/events.ts";
import type { EventStore } from "../ports/events.ts";
import type { Database } from "../schema.ts";

/** Maximum events of one session per query. */
const MAX_EACH = 100;

/** Size of a response, in bytes of JSON: a session's part of it ends with the event that reaches its share. */
const MAX_BYTES = 8_000_000;

/** New events of many sessions in one query: nodes ask all the time while others write. */
export function createNews(db: Kysely<Database>): EventStore["news"] {
  return async (after, limit) => {
    const each = Math.min(limit, MAX_EACH);
    const share = Math.floor(MAX_BYTES / Math.max(after.size, 1));
    const { rows } = await sql<EventRow & { found: number }>`
      select e.session_id, e.seq, e.task_id, e.type, e.at, e.data, e.found
      from unnest(${[...after.keys()]}::text[], ${[...after.values()]}::int8[]) as told (session_id, seq)
      cross join lateral (
        select *, (count(*) over ())::int4 as found,
          sum(octet_length(data)) over (order by seq) - octet_length(data) as earlier_bytes
        from (
          select * from events
          where events.session_id = told.session_id and events.seq > told.seq
          order by events.seq limit ${each + 1}
        ) as next
      ) as e
      where e.earlier_bytes < ${share}`.execute(db);
    const news = new Map<string, { events: SessionEvent[]; found: number }>();
    for (const sessionId of after.keys()) news.set(sessionId, { events: [], found: 0 });
    for (const { found, ...row } of rows) {
      const page = news.get(row.session_id);
      if (page === undefined) continue;
      page.events.push(toSessionEvent(row));
      page.found = found;
    }
    return new Map(
      Array.from(news, ([sessionId, { events: unordered, found }]) => {
        const events = unordered.toSorted((a, b) => a.seq - b.seq).slice(0, each);
        return [sessionId, { events, hasMore: found > events.length }];
      }),
    );
  };
}
