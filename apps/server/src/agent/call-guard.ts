import type { ToolCall } from "@trunkline/contract";
import { MAX_IDENTICAL_CALLS, MAX_REFUSED_CALLS } from "./limits.ts";
import { RunFailure } from "./run-failure.ts";
import type { CallOutcome } from "./tool-call.ts";

/** Detects a model that repeats itself in a loop. */
export class CallGuard {
  #lastKey: string | undefined;
  #identical = 0;
  #refused = 0;

  /** @throws RunFailure on one repetition too many. */
  note(call: ToolCall, { refused, status, output }: CallOutcome): void {
    const key = JSON.stringify([call.tool, call.input, status, output]);
    this.#identical = key === this.#lastKey ? this.#identical + 1 : 1;
    this.#lastKey = key;
    this.#refused = refused ? this.#refused + 1 : 0;
    if (this.#refused >= MAX_REFUSED_CALLS) {
      throw new RunFailure({
        code: "tool_calls_invalid",
        message: `The model made ${MAX_REFUSED_CALLS} invalid tool calls in a row; the last one: ${output}`,
        retryable: false,
      });
    }
    if (this.#identical >= MAX_IDENTICAL_CALLS) {
      throw new RunFailure({
        code: "tool_loop",
        message: `The model called ${call.tool} ${MAX_IDENTICAL_CALLS} times in a row with the same input and the same result; the task was stopped`,
        retryable: false,
      });
    }
  }
}
