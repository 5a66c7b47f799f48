import type { EventPage, EventType, SessionEvent } from "@trunkline/contract";
import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { EventStore, ListedEvent, ReadRange, TypesRange } from "../ports/events.ts";
import type { Database, EventsTable } from "../schema.ts";
import { READ_TOGETHER_BYTES } from "./bounded-rows.ts";

export type EventRow = Pick<EventsTable, "session_id" | "seq" | "task_id" | "type" | "at" | "data">;

const ROWS_PER_QUERY = 100;

/**
 * Rows that are read before anything is known of their size; as many as fit of that size are read next. SQLite reads each row of a
 * range as a whole, also those of which the page then takes nothing.
 */
const FIRST_ROWS = 8;

/** A page ends early with the event that reaches this size, in UTF-16 units of JSON, to bound a reader's memory. */
const MAX_PAGE_LENGTH = 1_000_000;

/** Read in steps, yielding in between: a long log blocks nobody. */
const SEQS_PER_LOOK = 5_000;

const COLUMNS = ["session_id", "seq", "task_id", "type", "at"] as const;

/** Without the data of large events: nobody knows yet how many of them a page takes. */
type ListedRow = Omit<EventRow, "data"> & { data: string | null };
const DATA_IF_SMALL = sql<
  string | null
>`case when octet_length(data) <= ${sql.lit(READ_TOGETHER_BYTES)} then data end`.as("data");

/** The two page queries are compiled once: they are most of all reads. */
export function createEventStore(db: Kysely<Database>): EventStore {
  const between = db
    .selectFrom("events")
    .select([...COLUMNS, DATA_IF_SMALL])
    .where("session_id", "=", "")
    .where("seq", ">", 0)
    .where("seq", "<", 0)
    .limit(0);
  const oldestFirst = between.orderBy("seq", "asc").compile();
  const newestFirst = between.orderBy("seq", "desc").compile();

  async function query(
    compiled: CompiledQuery<ListedRow>,
    parameters: [sessionId: string, after: number, before: number, limit: number],
  ): Promise<ListedRow[]> {
    const { rows } = await db.executeQuery<ListedRow>({ ...compiled, parameters });
    return rows;
  }

  /** @returns undefined if it was removed meanwhile. */
  async function whole({ data, ...row }: ListedRow): Promise<EventRow | undefined> {
    if (data !== null) return { ...row, data };
    const large = await db
      .selectFrom("events")
      .select("data")
      .where("session_id", "=", row.session_id)
      .where("seq", "=", row.seq)
      .executeTakeFirst();
    return large === undefined ? undefined : { ...row, ...large };
  }

  async function page(sessionId: string, range: ReadRange): Promise<EventPage> {
    const isBackwards = range.before !== undefined;
    let { after = 0, before = Number.MAX_SAFE_INTEGER } = range;
    const events: SessionEvent[] = [];
    let length = 0;
    let hasMore = true;
    while (hasMore && events.length < range.limit && length < MAX_PAGE_LENGTH) {
      const wanted = Math.min(rowsThatFit(events.length, length), range.limit - events.length);
      const rows = await query(isBackwards ? newestFirst : oldestFirst, [
        sessionId,
        after,
        before,
        wanted + 1,
      ]);
      hasMore = rows.length > wanted;
      for (const [index, listed] of rows.slice(0, wanted).entries()) {
        if (isBackwards) before = listed.seq;
        else after = listed.seq;
        const { seq, task_id: taskId, type } = listed;
        if (listed.data === null && range.leaveOut?.({ seq, taskId, type } as ListedEvent) === true) continue;
        const row = listed.data === null ? await whole(listed) : (listed as EventRow);
        if (row === undefined) continue;
        events.push(toSessionEvent(row));
        length += row.data.length;
        if (length < MAX_PAGE_LENGTH) continue;
        hasMore ||= index < rows.length - 1;
        break;
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
        .select([...COLUMNS, "data"])
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
      { after: from = 0, upTo, taskIds }: TypesRange = {},
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
          let matching = db
            .selectFrom("events")
            .select([...COLUMNS, DATA_IF_SMALL])
            .where("session_id", "=", sessionId)
            .where("seq", ">", cursor)
            .where("seq", "<=", last)
            .where("type", "in", types)
            .orderBy("seq")
            .limit(ROWS_PER_QUERY);
          if (taskIds !== undefined) matching = matching.where("task_id", "in", taskIds);
          const rows = await matching.execute();
          for (const listed of rows) {
            const row = await whole(listed);
            if (row !== undefined) yield toSessionEvent(row) as Extract<SessionEvent, { type: T }>;
          }
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

function rowsThatFit(read: number, length: number): number {
  if (read === 0) return FIRST_ROWS;
  const fitting = Math.ceil((MAX_PAGE_LENGTH - length) / (length / read));
  return Math.min(ROWS_PER_QUERY, fitting);
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
