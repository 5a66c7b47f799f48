import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { isPiece, type SessionEvent } from "@trunkline/contract";
import { assertPiecesBeginTheirBlocks } from "./blocks.ts";
import { describe, wholeOf } from "./piece-events.ts";
import { assertSeqsIncrease } from "./seq-order.ts";

export interface ReceivedCheckOptions {
  /** The subscriber's starting cursor; default 0, the beginning. */
  after?: number;
  /** The subscriber may be behind: compare the log only up to its last event. Default false. */
  allowBehind?: boolean;
}

/**
 * What a subscriber received over all its connections equals the log: in order, without gaps, duplicates or anything
 * else. Pieces of ended blocks may be missing on either side (the log drops them, and a subscriber that was away only
 * gets the whole); pieces of open blocks, and all other events, must be equal.
 *
 * @param log the session's events, read after `received` was complete
 */
export function assertReceivedEqualsLog(
  received: readonly SessionEvent[],
  log: readonly SessionEvent[],
  options: ReceivedCheckOptions = {},
): void {
  const after = options.after ?? 0;
  assertSeqsIncrease(received);
  assertSeqsIncrease(log);
  assertPiecesBeginTheirBlocks(received, { fromWithin: after > 0 });

  const upTo = options.allowBehind === true ? (received.at(-1)?.seq ?? after) : Number.POSITIVE_INFINITY;
  const endedWholes = new Set(log.filter((event) => !isPiece(event)).map(wholeOf));
  const mayBeMissing = (event: SessionEvent): boolean => isPiece(event) && endedWholes.has(wholeOf(event));

  const inLog = new Map(log.map((event) => [event.seq, event]));
  for (const event of received) {
    if (event.seq <= after) assert.fail(`${describe(event)} was received although the cursor was ${after}`);
    const stored = inLog.get(event.seq);
    if (stored === undefined) {
      if (!mayBeMissing(event)) assert.fail(`${describe(event)} was received but is not in the log`);
    } else if (!isDeepStrictEqual(event, stored)) {
      assert.fail(
        `${describe(event)} was received as ${JSON.stringify(event)}, the log has ${JSON.stringify(stored)}`,
      );
    }
  }

  const receivedSeqs = new Set(received.map(({ seq }) => seq));
  for (const event of log) {
    if (event.seq <= after || event.seq > upTo || receivedSeqs.has(event.seq) || mayBeMissing(event))
      continue;
    assert.fail(`${describe(event)} is in the log but was not received`);
  }
}
