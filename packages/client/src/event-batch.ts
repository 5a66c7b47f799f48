import type { EventBatch, SessionEvent } from "@trunkline/contract";
import { TrunklineConnectionError } from "./connection-error.ts";

/**
 * Checks only what following a session relies on: a batch whose events have a seq and a type. The data of an event is
 * checked by whoever reads that type.
 *
 * @throws TrunklineConnectionError
 */
export function readEventBatch(value: unknown): EventBatch {
  if (isRecord(value) && typeof value["live"] === "boolean" && Array.isArray(value["events"])) {
    const events: unknown[] = value["events"];
    if (events.every(isEvent)) return { events, live: value["live"] };
  }
  throw new TrunklineConnectionError("Unexpected message in the event stream");
}

function isEvent(value: unknown): value is SessionEvent {
  return isRecord(value) && Number.isSafeInteger(value["seq"]) && typeof value["type"] === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** @returns the events after `cursor`, in order, without duplicates. */
export function eventsAfter(cursor: number, events: readonly SessionEvent[]): SessionEvent[] {
  let last = cursor;
  return events.filter(({ seq }) => {
    if (seq <= last) return false;
    last = seq;
    return true;
  });
}
