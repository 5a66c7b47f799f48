import type { TrunklineClient } from "@trunkline/client";
import { MAX_EVENT_PAGE_SIZE, type SessionEvent } from "@trunkline/contract";

/** Reads a session's whole stored log, page by page. */
export async function readLog(client: TrunklineClient, sessionId: string): Promise<SessionEvent[]> {
  const log: SessionEvent[] = [];
  for (;;) {
    const after = log.at(-1)?.seq ?? 0;
    const page = await client.session.events.query({ sessionId, after, limit: MAX_EVENT_PAGE_SIZE });
    log.push(...page.events);
    if (!page.hasMore) return log;
  }
}
