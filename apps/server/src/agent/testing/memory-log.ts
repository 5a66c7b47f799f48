import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import type { EventDraft, SessionEvent } from "@trunkline/contract";
import { SessionEvent as SessionEventSchema } from "@trunkline/contract/schemas";
import type { DeltaEvent, RunEvent, RunOutcome, RunSink } from "../port.ts";

/** The run has lost its task: what the real sink throws then. */
export class LostError extends Error {
  override readonly name = "LostError";
}

/** A session's log in memory, which keeps what the real one promises: ended blocks lose their pieces. */
export class MemoryLog {
  readonly sessionId = randomUUID();
  readonly #changes = new EventEmitter();
  #events: SessionEvent[] = [];
  #seq = 0;
  #passedMs = 0;
  /** Everything that was ever appended, pieces included, in commits. */
  readonly commits: SessionEvent[][] = [];
  /** Appends that still work; at 0 the run has lost its task. */
  appendsLeft = Number.POSITIVE_INFINITY;

  get events(): readonly SessionEvent[] {
    return this.#events;
  }

  get types(): string[] {
    return this.#events.map(({ type }) => type);
  }

  of<T extends SessionEvent["type"]>(type: T): Extract<SessionEvent, { type: T }>["data"][] {
    return this.#events.flatMap((event) => (event.type === type ? [event.data as never] : []));
  }

  async *history(): AsyncGenerator<SessionEvent> {
    yield* this.#events.slice();
  }

  sink(taskId: string): RunSink {
    const write = async (events: readonly RunEvent[]): Promise<SessionEvent[]> => {
      if (this.appendsLeft <= 0) throw new LostError("the run has lost its task");
      this.appendsLeft--;
      return this.append(...events.map((event) => ({ ...event, taskId })));
    };
    return {
      append: write,
      delta: async (event: DeltaEvent) => {
        await write([event]);
      },
    };
  }

  append(...drafts: EventDraft[]): SessionEvent[] {
    const commit = drafts.map((draft) =>
      SessionEventSchema.parse({
        ...draft,
        sessionId: this.sessionId,
        seq: ++this.#seq,
        at: Date.now() + this.#passedMs,
      }),
    );
    for (const event of commit) this.#dropPieces(event);
    this.#events.push(...commit);
    this.commits.push(commit);
    this.#changes.emit("change");
    return commit;
  }

  /** A new task, submitted and started. */
  begin(prompt: string): string {
    const taskId = randomUUID();
    this.append({ taskId, type: "task.submitted", data: { prompt, model: null } });
    this.start(taskId);
    return taskId;
  }

  start(taskId: string, attempt = 1): void {
    this.append({ taskId, type: "task.started", data: { attempt } });
  }

  /** What the runner writes for a task that has to wait. @returns the ids of the approvals, in order. */
  suspend(taskId: string, outcome: RunOutcome): string[] {
    if (outcome.type !== "input-required") throw new Error(`the run did not ask: ${JSON.stringify(outcome)}`);
    const requests = outcome.approvals.map((request) => ({
      approvalId: randomUUID(),
      ...request,
      expiresAt: 1,
    }));
    this.append(...requests.map((data) => ({ taskId, type: "approval.requested" as const, data })), {
      taskId,
      type: "task.input-required",
      data: { reason: "approval" },
    });
    return requests.map(({ approvalId }) => approvalId);
  }

  /** @param decision null: nobody answers in time. */
  answer(
    taskId: string,
    approvalId: string | undefined,
    decision: "allow" | "always" | "deny" | null,
    note?: string,
  ): void {
    const id = { approvalId: approvalId ?? "" };
    if (decision === null) this.append({ taskId, type: "approval.expired", data: id });
    else this.append({ taskId, type: "approval.answered", data: { ...id, decision, by: "alice", note } });
  }

  /** What is appended from now on is later by this much. */
  passTime(ms: number): void {
    this.#passedMs += ms;
  }

  resume(taskId: string, attempt = 2): void {
    this.append({ taskId, type: "task.resumed", data: { attempt } });
  }

  /** What the runner writes for a task whose server has died. */
  interrupt(taskId: string, attempt = 1): void {
    const blocks = new Map<string, { type: "text.ended" | "reasoning.ended"; text: string }>();
    const calls = new Set<string>();
    for (const { type, data } of this.#events) {
      if (type === "text.delta" || type === "reasoning.delta") {
        const before = blocks.get(data.blockId)?.text ?? "";
        blocks.set(data.blockId, {
          type: type === "text.delta" ? "text.ended" : "reasoning.ended",
          text: before + data.text,
        });
      }
      if (type === "tool.called") calls.add(data.callId);
      if (type === "tool.ended") calls.delete(data.callId);
    }
    for (const [blockId, { type, text }] of blocks) this.append({ taskId, type, data: { blockId, text } });
    for (const callId of calls) {
      this.append({
        taskId,
        type: "tool.ended",
        data: { callId, status: "interrupted", output: "", durationMs: 1 },
      });
    }
    this.append({ taskId, type: "task.interrupted", data: { attempt, reason: "orphaned" } });
  }

  /** Resolves with the first event, past or future, that fits. */
  async waitFor(fits: (event: SessionEvent) => boolean): Promise<SessionEvent> {
    for (;;) {
      const found = this.commits.flat().find(fits);
      if (found !== undefined) return found;
      await once(this.#changes, "change");
    }
  }

  #dropPieces({ type, data }: SessionEvent): void {
    if (type !== "text.ended" && type !== "reasoning.ended" && type !== "tool.ended") return;
    this.#events = this.#events.filter((event) => {
      if (event.type === "text.delta" || event.type === "reasoning.delta") {
        return !("blockId" in data) || event.data.blockId !== data.blockId;
      }
      return event.type !== "tool.progress" || !("callId" in data) || event.data.callId !== data.callId;
    });
  }
}
