import type { EventPage, SessionEvent } from "@trunkline/contract";
import type { CompiledQuery, Kysely } from "kysely";
import type { Database } from "../store/schema.ts";
import { type EventRow, toSessionEvent } from "./event-row.ts";
import type { ReadRange } from "./port.ts";

/** Rows that are read at once, and so the most by which a page may be larger than the next bound says. */
const ROWS_PER_QUERY = 100;

/** A page ends early once its events are this large together, in UTF-16 units of JSON: it bounds a reader's memory. */
const MAX_PAGE_LENGTH = 1_000_000;

/** @returns what reads a page of a session's log. Its two queries are compiled once: they are most of what is read. */
export function createPageReader(
  db: Kysely<Database>,
): (sessionId: string, range: ReadRange) => Promise<EventPage> {
  const columns = ["session_id", "seq", "task_id", "type", "at", "data"] as const;
  const between = db
    .selectFrom("events")
    .select(columns)
    .where("session_id", "=", "")
    .where("seq", ">", 0)
    .where("seq", "<", 0)
    .limit(0);
  const oldestFirst = between.orderBy("seq", "asc").compile();
  const newestFirst = between.orderBy("seq", "desc").compile();

  async function query(
    compiled: CompiledQuery<EventRow>,
    parameters: [sessionId: string, after: number, before: number, limit: number],
  ): Promise<EventRow[]> {
    const { rows } = await db.executeQuery<EventRow>({ ...compiled, parameters });
    return rows;
  }

  return async (sessionId, range) => {
    const isBackwards = range.before !== undefined;
    let { after = 0, before = Number.MAX_SAFE_INTEGER } = range;
    const events: SessionEvent[] = [];
    let length = 0;
    let hasMore = true;
    while (hasMore && events.length < range.limit && length < MAX_PAGE_LENGTH) {
      const wanted = Math.min(ROWS_PER_QUERY, range.limit - events.length);
      const rows = await query(isBackwards ? newestFirst : oldestFirst, [
        sessionId,
        after,
        before,
        wanted + 1,
      ]);
      hasMore = rows.length > wanted;
      for (const row of rows.slice(0, wanted)) {
        events.push(toSessionEvent(row));
        length += row.data.length;
        if (isBackwards) before = row.seq;
        else after = row.seq;
      }
    }
    if (isBackwards) events.reverse();
    return { events, hasMore };
  };
}
