import assert from "node:assert/strict";
import { isBlockEvent, isPiece, type SessionEvent } from "@trunkline/contract";
import { describe, wholeOf } from "./piece-events.ts";

export interface BlockCheckOptions {
  /**
   * Following started inside the log, so the first piece of a block may be missing: look for the received text anywhere
   * in the whole. Default false.
   */
  fromWithin?: boolean;
}

/**
 * The joined pieces of a block are a prefix of its final text, and none comes after its end. A subscriber that was away
 * may have fewer pieces, which must not contradict the whole.
 */
export function assertPiecesBeginTheirBlocks(
  events: readonly SessionEvent[],
  options: BlockCheckOptions = {},
): void {
  const pieces = new Map<string, string>();
  const ended = new Map<string, SessionEvent>();
  for (const event of events) {
    const key = wholeOf(event);
    if (key === null || !isBlockEvent(event)) continue;
    const end = ended.get(key);
    if (end !== undefined) assert.fail(`${key} ended at ${describe(end)}; then comes ${describe(event)}`);
    if (isPiece(event)) {
      pieces.set(key, (pieces.get(key) ?? "") + event.data.text);
    } else {
      ended.set(key, event);
      assertContains(key, event, event.data.text, pieces.get(key) ?? "", options.fromWithin === true);
    }
  }
}

/** A stored log has no pieces of ended blocks: they are removed in the transaction that stores the whole. */
export function assertNoPiecesOfEndedWholes(log: readonly SessionEvent[]): void {
  const pieces = new Map<string, SessionEvent>();
  for (const event of log) {
    const key = wholeOf(event);
    if (key === null) continue;
    const piece = pieces.get(key);
    if (isPiece(event)) pieces.set(key, event);
    else if (piece !== undefined)
      assert.fail(`${key} ended at ${describe(event)}, but its piece ${describe(piece)} is still there`);
  }
}

function assertContains(
  key: string,
  end: SessionEvent,
  whole: string,
  joined: string,
  anywhere: boolean,
): void {
  if (anywhere ? whole.includes(joined) : whole.startsWith(joined)) return;
  let at = 0;
  while (whole[at] === joined[at]) at++;
  assert.fail(
    `${key}: its pieces do not begin the text of ${describe(end)}; at character ${at} they say ` +
      `${JSON.stringify(joined.slice(at, at + 40))}, the text says ${JSON.stringify(whole.slice(at, at + 40))}`,
  );
}
