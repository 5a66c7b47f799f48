import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { Readable } from "node:stream";
import type { EventDataOf, EventDraft, EventType, SessionEvent, TaskReason } from "@trunkline/contract";
import { SessionEvent as SessionEventSchema } from "@trunkline/contract/schemas";
import type { DeltaEvent, RunEvent, RunLog, RunOutcome, RunSink, Steering, Waits } from "../port.ts";

/** A larger event can be left out of what is read. */
const READ_TOGETHER_BYTES = 32_768;

/** The run has lost its task; the real sink throws the same. */
export class LostError extends Error {
  override readonly name = "LostError";
}

/** An in-memory log with the guarantees of the real one: ended blocks lose their pieces. */
export class MemoryLog {
  readonly sessionId = randomUUID();
  readonly #changes = new EventEmitter();
  #events: SessionEvent[] = [];
  #seq = 0;
  readonly #waiting: { id: string; prompt: string }[] = [];
  #passedMs = 0;
  /** Everything ever appended, pieces included, by commit. */
  readonly commits: SessionEvent[][] = [];
  /** Remaining appends that succeed; at 0 the run has lost its task. */
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

  /** Reads of pages. */
  readonly readSeqs: number[] = [];
  /** Reads of single tasks. */
  readonly singledOutSeqs: number[] = [];

  reader(): RunLog {
    return {
      read: async ({ after = 0, limit, leaveOut = () => false }) => {
        const left = this.#events.filter(
          (event) =>
            event.seq > after &&
            !(JSON.stringify(event.data).length > READ_TOGETHER_BYTES && leaveOut(event)),
        );
        const events = left.slice(0, limit);
        this.readSeqs.push(...events.map(({ seq }) => seq));
        return { events, hasMore: left.length > limit };
      },
      last: async (types) => this.#events.findLast((event) => isOfTypes(event, types)),
      follow: () => {
        throw new Error("a log in memory is not followed");
      },
      ofTypes: (types, { after = 0, upTo = Number.MAX_SAFE_INTEGER, taskIds } = {}) => {
        const isOfTasks = ({ taskId }: SessionEvent): boolean =>
          taskIds === undefined || (taskId !== null && taskIds.includes(taskId));
        const events = this.#events.filter((event) => isOfTypes(event, types));
        const read = events.filter((event) => event.seq > after && event.seq <= upTo && isOfTasks(event));
        if (taskIds !== undefined) this.singledOutSeqs.push(...read.map(({ seq }) => seq));
        return Readable.from(read);
      },
    };
  }

  sink(taskId: string): RunSink {
    let known = this.#seq;
    const own = new Set<number>();
    const isForeign = ({ seq }: SessionEvent): boolean => seq > known && !own.has(seq);
    const write = async (events: readonly RunEvent[]): Promise<SessionEvent[]> => {
      if (this.appendsLeft <= 0) throw new LostError("the run has lost its task");
      this.appendsLeft--;
      const stored = this.append(...events.map((event) => ({ ...event, taskId })));
      for (const { seq } of stored) own.add(seq);
      return stored;
    };
    return {
      othersWrote: () => {
        const last = Math.max(known, ...own);
        const has = this.#events.some((event) => event.seq < last && isForeign(event));
        known = last;
        return has;
      },
      append: write,
      delta: async (event: DeltaEvent) => {
        await write([event]);
      },
    };
  }

  /** A message for the task, which waits until it is handed over. */
  steer(taskId: string, prompt: string): string {
    const id = randomUUID();
    this.append({
      taskId: id,
      type: "task.submitted",
      data: { prompt, model: null, whenBusy: "steer", steers: taskId },
    });
    this.#waiting.push({ id, prompt });
    return id;
  }

  steering(taskId: string): Steering {
    return {
      take: async () =>
        this.#waiting
          .splice(0)
          .flatMap(({ id, prompt }) =>
            this.append(
              { taskId, type: "task.steered", data: { prompt, steeredTaskId: id } },
              { taskId: id, type: "task.canceled", data: { reason: "steered", by: "server" } },
            ),
          ),
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
    const taskId = this.submit(prompt);
    this.start(taskId);
    return taskId;
  }

  submit(prompt: string): string {
    const taskId = randomUUID();
    this.append({ taskId, type: "task.submitted", data: { prompt, model: null } });
    return taskId;
  }

  start(taskId: string, attempt = 1): void {
    this.append({ taskId, type: "task.started", data: { attempt } });
  }

  /** What the runner writes when a task has to wait. @returns ids of its approvals and questions, in order. */
  suspend(taskId: string, outcome: RunOutcome): string[] {
    if (outcome.type !== "input-required") throw new Error(`the run did not ask: ${JSON.stringify(outcome)}`);
    const requests = outcome.approvals.map((request) => ({
      approvalId: randomUUID(),
      ...request,
      expiresAt: 1,
    }));
    const questions = outcome.questions.map((question) => ({ questionId: randomUUID(), ...question }));
    this.append(
      ...requests.map((data) => ({ taskId, type: "approval.requested" as const, data })),
      ...questions.map((data) => ({ taskId, type: "question.asked" as const, data })),
      {
        taskId,
        type: "task.input-required",
        data: { reason: reasonOf(outcome), ...outcome.limit },
      },
    );
    return [
      ...requests.map(({ approvalId }) => approvalId),
      ...questions.map(({ questionId }) => questionId),
    ];
  }

  /** @param answer null: it expires. */
  answerQuestion(
    taskId: string,
    questionId: string | undefined,
    answer: EventDataOf<"question.answered">["answer"] | null,
  ): void {
    const id = { questionId: questionId ?? "" };
    if (answer === null) this.append({ taskId, type: "question.expired", data: id });
    else this.append({ taskId, type: "question.answered", data: { ...id, answer, by: "alice" } });
  }

  /** @param decision null: it expires. */
  answer(
    taskId: string,
    approvalId: string | undefined,
    decision: "allow" | "always" | "deny" | null,
    note?: string,
  ): void {
    const id = { approvalId: approvalId ?? "" };
    if (decision === null) this.append({ taskId, type: "approval.expired", data: id });
    else this.append({ taskId, type: "approval.answered", data: { ...id, decision, by: "alice", note } });
    if (decision !== "always") return;
    const asked = this.of("approval.requested").find((request) => request.approvalId === approvalId);
    const rule = asked?.rules?.[0];
    if (rule === undefined) return;
    const data = {
      ...rule,
      ruleId: randomUUID(),
      effect: "allow",
      expiresAt: null,
      by: "alice",
      ...id,
    } as const;
    this.append({ taskId, type: "rule.created", data });
  }

  /** Moves the clock of later appends forward. */
  passTime(ms: number): void {
    this.#passedMs += ms;
  }

  resume(taskId: string, attempt = 2): void {
    this.append({ taskId, type: "task.resumed", data: { attempt } });
  }

  /** What the runner writes for a task whose server has crashed. */
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

  /** Resolves with the first matching event, past or future. */
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

function isOfTypes<T extends EventType>(
  event: SessionEvent,
  types: readonly T[],
): event is Extract<SessionEvent, { type: T }> {
  return (types as readonly EventType[]).includes(event.type);
}

function reasonOf({ approvals, questions }: Waits): TaskReason {
  if (approvals.length > 0) return "approval";
  return questions.length > 0 ? "question" : "limit";
}
