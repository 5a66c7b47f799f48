import type { EventDataOf, SessionEvent } from "@trunkline/contract";
import type { Subagent } from "./port.ts";

type Ended = EventDataOf<"subagent.ended">;

/** Subagents of the running task, as its log has them. */
export class SubagentLedger {
  readonly #taskId: string;
  readonly #open = new Map<string, Subagent>();
  readonly #ended = new Map<string, Ended>();
  /** The task has waited for them: they were created. */
  readonly #created = new Set<string>();
  #count = 0;

  constructor(taskId: string) {
    this.#taskId = taskId;
  }

  /** Started so far. */
  get count(): number {
    return this.#count;
  }

  /** @returns undefined if the call's subagent was not started, or has ended. */
  openFor(callId: string): Subagent | undefined {
    return this.#open.get(callId);
  }

  /** Whether the call's subagent certainly was created; since then it may have been deleted. */
  wasCreated(callId: string): boolean {
    return this.#created.has(callId);
  }

  endOf(callId: string): Ended | undefined {
    return this.#ended.get(callId);
  }

  apply(event: SessionEvent): void {
    if (event.taskId !== this.#taskId) return;
    if (event.type === "subagent.started") {
      const { callId, sessionId, taskId } = event.data;
      this.#open.set(callId, { callId, sessionId, taskId });
      this.#count += 1;
    } else if (event.type === "subagent.ended") {
      this.#open.delete(event.data.callId);
      this.#ended.set(event.data.callId, event.data);
    } else if (event.type === "task.input-required") {
      for (const callId of this.#open.keys()) this.#created.add(callId);
    } else if (event.type === "tool.ended") this.#ended.delete(event.data.callId);
  }
}
