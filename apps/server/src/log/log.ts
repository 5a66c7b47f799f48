import {
  type EventBatch,
  type EventPage,
  MAX_EVENT_PAGE_SIZE,
  type SessionEvent,
  TrunklineError,
} from "@trunkline/contract";
import { parseEventData } from "@trunkline/contract/schemas";
import type { Activity } from "../activity/port.ts";
import type { Hub } from "../hub/port.ts";
import type { CommitUnit, Store } from "../store/port.ts";
import type { Log, ReadRange } from "./port.ts";
import { toSessionEvent } from "./event-row.ts";

export interface LogDeps {
  store: Store;
  hub: Hub;
  activity: Activity;
}

/** The heart: append, then announce; read, then follow. */
export function createLog({ store, hub, activity }: LogDeps): Log {
  async function read(sessionId: string, range: ReadRange): Promise<EventPage> {
    const newestFirst = range.before !== undefined;
    let query = store.db
      .selectFrom("events")
      .select(["session_id", "seq", "task_id", "type", "at", "data"])
      .where("session_id", "=", sessionId)
      .orderBy("seq", newestFirst ? "desc" : "asc")
      .limit(range.limit + 1);
    if (range.before !== undefined) query = query.where("seq", "<", range.before);
    if (range.after !== undefined) query = query.where("seq", ">", range.after);
    const rows = await query.execute();
    const hasMore = rows.length > range.limit;
    if (hasMore) rows.pop();
    if (newestFirst) rows.reverse();
    return { events: rows.map(toSessionEvent), hasMore };
  }

  return {
    async append(unit) {
      assertValid(unit);
      const events = await store.commit(unit);
      hub.publish(unit.sessionId, events);
      if (events.some(changesSummary)) activity.changed(unit.sessionId);
      return events;
    },

    read,

    async *follow(sessionId, after, signal): AsyncGenerator<EventBatch, void> {
      using listener = hub.attach(sessionId, signal);
      let cursor = after;
      let caughtUp = false;
      while (!signal.aborted) {
        const recent = listener.recent(cursor);
        if (recent === null || !caughtUp) {
          const page = await read(sessionId, { after: cursor, limit: REPLAY_PAGE });
          if (signal.aborted) return;
          const live = !page.hasMore;
          if (page.events.length > 0 || (live && !caughtUp)) {
            cursor = page.events.at(-1)?.seq ?? cursor;
            yield { events: page.events, live };
          }
          caughtUp = live;
          if (!live) continue;
        } else if (recent.length > 0) {
          cursor = recent.at(-1)!.seq;
          yield { events: recent as EventBatch["events"], live: true };
        }
        await listener.wait();
        if (listener.ended) throw new TrunklineError("not_found", `Session ${sessionId} was deleted`);
      }
    },
  };
}

/** Whether lists and badges may look different after it. */
function changesSummary({ type }: SessionEvent): boolean {
  return type.startsWith("task.") || type.startsWith("session.") || type.startsWith("approval.");
}

/** Events read at once while replaying: bounds a follower's memory, whatever the log's length. */
const REPLAY_PAGE = Math.min(500, MAX_EVENT_PAGE_SIZE);

/** The log is read for ever, so what goes in is checked once, here. */
function assertValid(unit: CommitUnit): void {
  for (const event of unit.events) parseEventData(event.type, event.data);
}
