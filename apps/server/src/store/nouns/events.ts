import type { EventPage, EventType, SessionEvent } from "@trunkline/contract";
import type { CompiledQuery, Kysely } from "kysely";
import type { EventStore, ReadRange } from "../ports/events.ts";
import type { Database, EventsTable } from "../schema.ts";

export type EventRow = Pick<EventsTable, "session_id" | "seq" | "task_id" | "type" | "at" | "data">;

/** Rows per read, and so the most by which a page may exceed the next bound. */
const ROWS_PER_QUERY = 100;

/** A page ends early at this size, in UTF-16 units of JSON, to bound a reader's memory. */
const MAX_PAGE_LENGTH = 1_000_000;

/** Read in steps, yielding in between: a long log blocks nobody. */
const SEQS_PER_LOOK = 5_000;

const COLUMNS = ["session_id", "seq", "task_id", "type", "at", "data"] as const;

/** The two page queries are compiled once: they are most of all reads. */
export function createEventStore(db: Kysely<Database>): EventStore {
  const between = db
    .selectFrom("events")
    .select(COLUMNS)
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

  async function page(sessionId: string, range: ReadRange): Promise<EventPage> {
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
  }

  return {
    page,

    async news(after, limit) {
      const pages = Array.from(after, async ([sessionId, seq]) => {
        return [sessionId, await page(sessionId, { after: seq, limit })] as const;
      });
      return new Map(await Promise.all(pages));
    },

    async last<T extends EventType>(sessionId: string, types: readonly T[], beforeSeq?: number) {
      const row = await db
        .selectFrom("events")
        .select(COLUMNS)
        .where("session_id", "=", sessionId)
        .where("seq", "<", beforeSeq ?? Number.MAX_SAFE_INTEGER)
        .where("type", "in", types)
        .orderBy("seq", "desc")
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? undefined : (toSessionEvent(row) as Extract<SessionEvent, { type: T }>);
    },

    async *ofTypes<T extends EventType>(
      sessionId: string,
      types: readonly T[],
      { after: from = 0, upTo }: { after?: number; upTo?: number } = {},
    ) {
      const end = upTo ?? Number.MAX_SAFE_INTEGER;
      for (let after = from; after < end;) {
        // By existing rows rather than numbers: a seq can be anything up to the largest.
        const bound = await db
          .selectFrom("events")
          .select("seq")
          .where("session_id", "=", sessionId)
          .where("seq", ">", after)
          .where("seq", "<=", end)
          .orderBy("seq")
          .offset(SEQS_PER_LOOK - 1)
          .limit(1)
          .executeTakeFirst();
        const last = bound?.seq ?? end;
        for (let cursor = after; ;) {
          const rows = await db
            .selectFrom("events")
            .select(COLUMNS)
            .where("session_id", "=", sessionId)
            .where("seq", ">", cursor)
            .where("seq", "<=", last)
            .where("type", "in", types)
            .orderBy("seq")
            .limit(ROWS_PER_QUERY)
            .execute();
          for (const row of rows) yield toSessionEvent(row) as Extract<SessionEvent, { type: T }>;
          await new Promise(setImmediate);
          if (rows.length < ROWS_PER_QUERY) break;
          cursor = rows.at(-1)?.seq ?? last;
        }
        if (bound === undefined) return;
        after = last;
      }
    },
  };
}

/** No validation: everything in the table went through the log's. */
export function toSessionEvent(row: EventRow): SessionEvent {
  return {
    sessionId: row.session_id,
    taskId: row.task_id,
    seq: row.seq,
    at: row.at,
    type: row.type,
    data: JSON.parse(row.data) as unknown,
  } as SessionEvent;
}
