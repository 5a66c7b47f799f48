import { type EventBatch, MAX_EVENT_PAGE_SIZE, TrunklineError } from "@trunkline/contract";
import { parseEventData } from "@trunkline/contract/schemas";
import type { Announcer } from "../hints/port.ts";
import type { Hub } from "../hub/port.ts";
import type { RedactEvent } from "../secrets/port.ts";
import type { Store, StoredDraft } from "../store/port.ts";
import type { Log } from "./port.ts";

export interface LogDeps {
  store: Store;
  hub: Pick<Hub, "attach">;
  announcer: Pick<Announcer, "appended">;
  /** Redacts secrets from what will be stored. */
  redact: RedactEvent;
}

/** The heart: append, then announce; read, then follow. */
export function createLog({ store, hub, announcer, redact }: LogDeps): Log {
  const { page } = store.events;

  return {
    async append(sessionId, drafts, options) {
      const safe = drafts.map(redact);
      assertValid(safe);
      const events = await store.append(sessionId, safe, options);
      announcer.appended(sessionId, events, options?.ownerId);
      return events;
    },

    read: async (sessionId, range) => page(sessionId, range),

    async *follow(sessionId, after, signal): AsyncGenerator<EventBatch, void> {
      using listener = hub.attach(sessionId, signal);
      let cursor = after;
      let caughtUp = false;
      while (!signal.aborted) {
        const recent = caughtUp ? listener.recent(cursor) : null;
        if (recent === null) {
          const replay = await page(sessionId, { after: cursor, limit: REPLAY_PAGE });
          if (signal.aborted) return;
          const live = !replay.hasMore;
          if (replay.events.length > 0 || (live && !caughtUp)) {
            cursor = replay.events.at(-1)?.seq ?? cursor;
            yield { events: replay.events, live };
          }
          caughtUp = live;
          if (live) {
            listener.caughtUp(cursor);
          } else {
            // Reading is synchronous, and the follower may be, too: yield between two pages.
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

/** Page size of replays: bounds a follower's memory, however long the log. */
const REPLAY_PAGE = Math.min(500, MAX_EVENT_PAGE_SIZE);

/** Logs are read for ever, so events are validated once, here. */
function assertValid(events: readonly StoredDraft[]): void {
  for (const event of events) parseEventData(event.type, event.data);
}
