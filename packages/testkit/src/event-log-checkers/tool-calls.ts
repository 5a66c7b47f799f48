import assert from "node:assert/strict";
import type { SessionEvent } from "@trunkline/contract";
import { describe, wholeOf } from "./piece-events.ts";

export interface ToolCheckOptions {
  /** Calls may still be running because the log was read early; default false. */
  allowUnfinished?: boolean;
}

/**
 * Every call starts once and ends once, in this order, with its progress in between. Only a call that was denied, or
 * skipped because the user said something else, may end without having started.
 */
export function assertToolCallsEndOnce(
  events: readonly SessionEvent[],
  options: ToolCheckOptions = {},
): void {
  const called = new Map<string, SessionEvent>();
  const ended = new Map<string, SessionEvent>();
  for (const event of events) {
    if (event.type === "tool.called") {
      const key = `call ${event.data.callId} of task ${event.taskId}`;
      const before = called.get(key);
      if (before !== undefined)
        assert.fail(`${key} is begun twice: ${describe(before)}, then ${describe(event)}`);
      called.set(key, event);
    } else if (event.type === "tool.progress" || event.type === "tool.ended") {
      const key = wholeOf(event)!;
      const end = ended.get(key);
      if (end !== undefined) assert.fail(`${key} ended at ${describe(end)}; then comes ${describe(event)}`);
      const isNotRun = event.type === "tool.ended" && ["denied", "canceled"].includes(event.data.status);
      if (!called.has(key) && !isNotRun)
        assert.fail(`${key} has ${describe(event)} but was not called before`);
      if (event.type === "tool.ended") ended.set(key, event);
    }
  }
  if (options.allowUnfinished === true) return;
  for (const [key, event] of called) {
    if (!ended.has(key)) assert.fail(`${key}, begun at ${describe(event)}, never ended`);
  }
}
