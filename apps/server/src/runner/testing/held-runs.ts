import { randomUUID } from "node:crypto";
import type { ApprovalRequest } from "../../approvals/port.ts";
import type { RunInput, RunOutcome } from "../../agent/port.ts";
import { done } from "./scripted-server.ts";

/** A run that waits for the test to say how it ends, like a model that thinks for long. */
export interface HeldRun {
  input: RunInput;
  /** Ends it by asking for approval of this many calls. */
  ask(calls: number): void;
  complete(): void;
  fail(): void;
}

/** A server's runs, by task id. */
export class HeldRuns {
  readonly byTask = new Map<string, HeldRun>();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Ends as the test says, or when it is aborted. */
  readonly runTask = async (input: RunInput): Promise<RunOutcome> => {
    const { taskId, signal } = input;
    const { promise, resolve, reject } = Promise.withResolvers<RunOutcome>();
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    this.byTask.set(taskId, {
      input,
      ask: (calls) => {
        const approvals = Array.from({ length: calls }, request);
        resolve({ type: "input-required", approvals, questions: [] });
      },
      complete: () => resolve(done()),
      fail: () => reject(new Error("as the test wished")),
    });
    this.#onChange();
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.byTask.delete(taskId);
      this.#onChange();
    }
  };
}

function request(): ApprovalRequest {
  return { callId: randomUUID(), tool: "bash", input: {}, reason: "as the test wished", always: "bash" };
}
