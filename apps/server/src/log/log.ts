import { type EventBatch, MAX_EVENT_PAGE_SIZE, type SessionEvent, TrunklineError } from "@trunkline/contract";
import { parseEventData } from "@trunkline/contract/schemas";
import type { Activity } from "../activity/port.ts";
import type { Hub } from "../hub/port.ts";
import type { CommitUnit, Store } from "../store/port.ts";
import type { Log } from "./port.ts";
import { createPageReader } from "./read-page.ts";

export interface LogDeps {
  store: Store;
  hub: Hub;
  activity: Activity;
}

/** The heart: append, then announce; read, then follow. */
export function createLog({ store, hub, activity }: LogDeps): Log {
  const read = createPageReader(store.db);

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
        const recent = caughtUp ? listener.recent(cursor) : null;
        if (recent === null) {
          const page = await read(sessionId, { after: cursor, limit: REPLAY_PAGE });
          if (signal.aborted) return;
          const live = !page.hasMore;
          if (page.events.length > 0 || (live && !caughtUp)) {
            cursor = page.events.at(-1)?.seq ?? cursor;
            yield { events: page.events, live };
          }
          caughtUp = live;
          if (!live) {
            // Reading is synchronous and so may be the follower: others get their turn between two pages.
            await new Promise(setImmediate);
            continue;
          }
        } else if (recent.length > 0) {
          cursor = recent.at(-1)?.seq ?? cursor;
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
