import type { SessionEvent } from "@trunkline/contract";
import { assertRequestsAnsweredOnce, assertApprovalsObeyed } from "./requests.ts";
import { assertNoPiecesOfEndedWholes, assertPiecesBeginTheirBlocks } from "./blocks.ts";
import { assertSeqsIncrease } from "./seq-order.ts";
import {
  assertOneActiveTask,
  assertOneTerminalEventPerTask,
  assertTransitionsAllowed,
  type TaskCheckOptions,
} from "./task-life.ts";
import { assertSteeringHandedOverOnce } from "./steering.ts";
import { assertToolCallsEndOnce } from "./tool-calls.ts";

/** All invariants of a session's complete log, whatever happened to the server. */
export function assertLogHolds(log: readonly SessionEvent[], options: TaskCheckOptions = {}): void {
  assertSeqsIncrease(log);
  assertOneTerminalEventPerTask(log, options);
  assertTransitionsAllowed(log);
  assertOneActiveTask(log);
  assertSteeringHandedOverOnce(log);
  assertToolCallsEndOnce(log, options);
  assertRequestsAnsweredOnce(log);
  assertApprovalsObeyed(log);
  assertPiecesBeginTheirBlocks(log);
  assertNoPiecesOfEndedWholes(log);
}
