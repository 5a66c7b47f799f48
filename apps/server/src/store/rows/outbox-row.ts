import type { EventType } from "@trunkline/contract";
import type { OutboxEntry } from "../ports/outbox.ts";
import type { StoredEvent } from "./row-change.ts";

/** A consumer's view of an event; the engine adds its position in commit order. */
export interface OutboxRow {
  session_id: string;
  seq: number;
  type: string;
  at: number;
}

/**
 * The entry that an event leaves for consumers, in its commit. Pure, like the reducers, but not one of them: its rows
 * are removed once consumed, so they can't be compared with a fold of the log.
 * @param isImported the event is from a document: it happened elsewhere.
 */
export function outboxRow(
  { sessionId, seq, type, at }: Pick<StoredEvent, "sessionId" | "seq" | "at"> & { type: string },
  wanted: ReadonlySet<string>,
  isImported: boolean,
): OutboxRow | undefined {
  return wanted.has(type) && !isImported ? { session_id: sessionId, seq, type, at } : undefined;
}

export function toEntry({ session_id: sessionId, seq, type, at }: OutboxRow): OutboxEntry {
  return { id: `${sessionId}:${seq}`, sessionId, seq, type: type as EventType, at };
}
