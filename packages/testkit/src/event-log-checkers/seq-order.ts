import assert from "node:assert/strict";
import type { SessionEvent } from "@trunkline/contract";
import { describe } from "./piece-events.ts";

/** Seqs increase strictly. Gaps are allowed (ended pieces leave them). */
export function assertSeqsIncrease(events: readonly SessionEvent[]): void {
  const seen = new Set<number>();
  let last: SessionEvent | undefined;
  for (const event of events) {
    if (seen.has(event.seq)) assert.fail(`${describe(event)} is there twice`);
    if (last !== undefined && event.seq < last.seq)
      assert.fail(`${describe(event)} comes after ${describe(last)}`);
    if (!Number.isSafeInteger(event.seq) || event.seq < 1)
      assert.fail(`${describe(event)} is no position in a log`);
    seen.add(event.seq);
    last = event;
  }
}

/** No event belongs to another session. */
export function assertOnlySession(events: readonly SessionEvent[], sessionId: string): void {
  for (const event of events) {
    if (event.sessionId !== sessionId) {
      assert.fail(`${describe(event)} belongs to session ${event.sessionId}, not to ${sessionId}`);
    }
  }
}
