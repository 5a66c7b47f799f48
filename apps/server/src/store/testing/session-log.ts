import { randomUUID } from "node:crypto";
import { MAX_EVENT_PAGE_SIZE, type SessionEvent } from "@trunkline/contract";
import type { Store, StoredDraft } from "../port.ts";

export const OWNER = "00000000-0000-7000-8000-0000000000ff";

/** @returns the id of a new session with an empty log. */
export async function createSession(store: Store, ownerId = OWNER): Promise<string> {
  const id = randomUUID();
  await store.sessions.begin({ id, ownerId, at: 0, hiddenBy: "node" });
  return id;
}

/** @returns the id of a new, visible session; its log starts with `session.created`. */
export async function createVisibleSession(store: Store, ownerId = OWNER): Promise<string> {
  const id = randomUUID();
  const data = { title: "untitled", model: null, agent: "default" };
  await store.append(id, [{ taskId: null, type: "session.created", data }], { ownerId });
  return id;
}

export function notice(message: string): StoredDraft {
  return { taskId: null, type: "notice", data: { level: "info", message } };
}

/** @returns the session's log from its start. */
export async function readLog(store: Store, sessionId: string): Promise<SessionEvent[]> {
  const events: SessionEvent[] = [];
  for (let hasMore = true; hasMore;) {
    const after = events.at(-1)?.seq ?? 0;
    const page = await store.events.page(sessionId, { after, limit: MAX_EVENT_PAGE_SIZE });
    events.push(...page.events);
    hasMore = page.hasMore;
  }
  return events;
}

/** @returns the messages of the session's notices, in order. */
export async function readMessages(store: Store, sessionId: string): Promise<string[]> {
  const events = await readLog(store, sessionId);
  return events.flatMap((event) => (event.type === "notice" ? event.data.message : []));
}
