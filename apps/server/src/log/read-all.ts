import { MAX_EVENT_PAGE_SIZE, type SessionEvent } from "@trunkline/contract";
import type { Log } from "./port.ts";

/** A session's log from its beginning to what is there when its end is reached, one page in memory at a time. */
export async function* readAll(log: Log, sessionId: string): AsyncGenerator<SessionEvent, void> {
  let after = 0;
  for (let hasMore = true; hasMore;) {
    const page = await log.read(sessionId, { after, limit: MAX_EVENT_PAGE_SIZE });
    yield* page.events;
    after = page.events.at(-1)?.seq ?? after;
    hasMore = page.hasMore;
  }
}
