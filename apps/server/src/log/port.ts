import { type EventBatch, type EventPage, MAX_EVENT_PAGE_SIZE, type SessionEvent } from "@trunkline/contract";
import type { AppendOptions, ReadRange, StoredDraft } from "../store/port.ts";

export interface Log {
  /**
   * Resolves with the stored events once they are committed; followers are woken after that. Throws like Store.append.
   */
  append(sessionId: string, events: readonly StoredDraft[], options?: AppendOptions): Promise<SessionEvent[]>;
  read(sessionId: string, range: ReadRange): Promise<EventPage>;
  /**
   * Replays everything after the cursor in pages, then follows live until `signal` aborts. @throws `not_found` when the
   * session is deleted
   */
  follow(sessionId: string, after: number, signal: AbortSignal): AsyncGenerator<EventBatch, void>;
}

/** A session's log from its start to its end at the time of reading, one page in memory at a time. */
export async function* readAll(log: Log, sessionId: string): AsyncGenerator<SessionEvent, void> {
  let after = 0;
  for (let hasMore = true; hasMore;) {
    const page = await log.read(sessionId, { after, limit: MAX_EVENT_PAGE_SIZE });
    yield* page.events;
    after = page.events.at(-1)?.seq ?? after;
    hasMore = page.hasMore;
  }
}
