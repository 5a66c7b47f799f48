import { type Kysely, sql } from "kysely";
import type { SessionEvent } from "@trunkline/contract";
import { type EventRow, toSessionEvent } from "../nouns/events.ts";
import type { EventStore } from "../ports/events.ts";
import type { Database } from "../schema.ts";

/** Maximum events of one session per query: bounds the size of a response. */
const MAX_EACH = 100;

/** New events of many sessions in one query: nodes ask all the time while others write. */
export function createNews(db: Kysely<Database>): EventStore["news"] {
  return async (after, limit) => {
    const each = Math.min(limit, MAX_EACH);
    const { rows } = await sql<EventRow>`
      select e.session_id, e.seq, e.task_id, e.type, e.at, e.data
      from unnest(${[...after.keys()]}::text[], ${[...after.values()]}::int8[]) as told (session_id, seq)
      cross join lateral (
        select * from events
        where events.session_id = told.session_id and events.seq > told.seq
        order by events.seq limit ${each + 1}
      ) as e`.execute(db);
    const news = new Map<string, SessionEvent[]>();
    for (const sessionId of after.keys()) news.set(sessionId, []);
    for (const row of rows) news.get(row.session_id)?.push(toSessionEvent(row));
    return new Map(
      Array.from(news, ([sessionId, events]) => {
        const page = events.toSorted((a, b) => a.seq - b.seq);
        return [sessionId, { events: page.slice(0, each), hasMore: page.length > each }];
      }),
    );
  };
}
