import { randomUUID } from "node:crypto";
import {
  type AgentContext,
  type ContentBlock,
  type PromptResponse,
  RequestError,
} from "@agentclientprotocol/sdk";
import { endStateOf, followSession, type TrunklineClient } from "@trunkline/client";
import type { Session, SessionEvent } from "@trunkline/contract";
import { readAnswer } from "../approvals/chosen-options.ts";
import { readPromptContent } from "./prompt-content.ts";
import { type OpenQuestion, SessionRequests } from "./requests.ts";
import { SessionUpdates } from "./session-updates.ts";
import { onceThere, whenReachable } from "./when-reachable.ts";

/** Ends of tasks that nobody has asked for yet. */
const MAX_ENDS = 100;

type End = Extract<
  SessionEvent,
  { type: "task.completed" | "task.failed" | "task.canceled" | "task.rejected" }
>;
/** What ends a turn in the editor. */
type TurnEnd = { kind: "ended"; event: End } | { kind: "asks" };

export interface EditorSessionDeps {
  client: TrunklineClient;
  editor: AgentContext;
  session: Session;
  /** Ends with the connection to the editor. */
  signal: AbortSignal;
  /** How to answer what the editor has no place for. */
  answerCommand: (questionId: string) => string;
  /** It can't be followed any more: the editor may load it again. */
  onLost: () => void;
  /** What its user has to know, told with the first prompt: before it, editors show nothing. Null: nothing. */
  note: string | null;
}

/**
 * A session that is open in an editor: followed from its beginning or its end, whoever works in it, across restarts of the
 * server. The editor's prompts are tasks; a question of the agent's ends a turn, and the next prompt answers it.
 */
export class EditorSession {
  readonly #deps: EditorSessionDeps;
  readonly #updates: SessionUpdates;
  readonly #requests: SessionRequests;
  /** Marks what this editor submits. */
  readonly #mark = `acp-${randomUUID()}`;
  readonly #ends = new Map<string, End>();
  readonly #turns = new Map<string, (end: TurnEnd) => void>();
  /** Of prompts whose task has no id yet: aborted, it is canceled as soon as it has one. */
  readonly #submitting = new Set<AbortController>();
  /** Why following has ended for good: no end of a task would be heard of. */
  readonly #lost = new AbortController();
  readonly #caughtUp = Promise.withResolvers<void>();
  /** The question that the editor was shown, with the task that waits. */
  #asking: OpenQuestion | null = null;
  #current: string | null = null;
  #note: string | null;

  /** @param after seq of the last event that the editor knows; 0: it is told everything */
  constructor(deps: EditorSessionDeps, after: number) {
    this.#deps = deps;
    this.#note = deps.note;
    const { session, client, editor, signal } = deps;
    const isOwn = (event: Extract<SessionEvent, { type: "task.submitted" }>): boolean =>
      event.data.idempotencyKey?.startsWith(this.#mark) === true;
    this.#updates = new SessionUpdates({ workspace: session.workspace, isOwn });
    const common = { client, editor, sessionId: session.id, updates: this.#updates, signal };
    this.#requests = new SessionRequests(common);
    this.#follow(after).catch((error: unknown) => {
      this.#lost.abort(error);
      this.#caughtUp.reject(error);
      deps.onLost();
    });
  }

  /** Resolves once the editor has been told what there is. @throws RequestError */
  async ready(): Promise<void> {
    return this.#caughtUp.promise;
  }

  /** @param request aborted when the editor cancels the request, and also when it closes the connection: then the task goes on */
  async prompt(blocks: readonly ContentBlock[], request: AbortSignal): Promise<PromptResponse> {
    const { signal } = this.#deps;
    const stop = new AbortController();
    // The connection's own signal is aborted before those of its requests.
    const onAbort = (): void => {
      if (signal.aborted) return;
      stop.abort();
      void this.cancel();
    };
    request.addEventListener("abort", onAbort, { once: true });
    if (request.aborted) onAbort();
    this.#submitting.add(stop);
    try {
      const taskId = await this.#submit(blocks, stop.signal);
      if (taskId === null) return { stopReason: "cancelled" };
      this.#current = taskId;
      if (stop.signal.aborted) await this.#cancelTask(taskId);
      this.#submitting.delete(stop);
      return await this.#endOf(taskId);
    } finally {
      this.#submitting.delete(stop);
      request.removeEventListener("abort", onAbort);
    }
  }

  /** Of the turn that runs or begins, and of the question that ended one. */
  async cancel(): Promise<void> {
    for (const stop of this.#submitting) stop.abort();
    if (this.#current !== null) await this.#cancelTask(this.#current);
  }

  /** @returns the task that the prompt began or answered; null: stopped before anything was sent */
  async #submit(blocks: readonly ContentBlock[], stop: AbortSignal): Promise<string | null> {
    const { client, session, signal } = this.#deps;
    const content = await readPromptContent(client, blocks);
    await this.#tellNote();
    if (stop.aborted) return null;
    const asking = this.#asking;
    const waiting = asking?.taskId ?? null;
    if (asking !== null && waiting !== null && asking.request.form === undefined && content.prompt !== "") {
      this.#asking = null;
      const { options = [], multiple = false } = asking.request;
      const answer = readAnswer(content.prompt, { options, multiple });
      // It is open until its answer's event arrives, and must not be shown again.
      this.#requests.forgetQuestion(asking.id);
      await whenReachable(() => client.question.answer.mutate({ questionId: asking.id, answer }), signal);
      return waiting;
    }
    const idempotencyKey = `${this.#mark}-${randomUUID()}`;
    const input = { ...content, sessionId: session.id, idempotencyKey };
    // Not ended by a stop: the server may have the task without the answer having arrived.
    return (await whenReachable(() => client.task.submit.mutate(input), signal)).taskId;
  }

  async #cancelTask(taskId: string): Promise<void> {
    const { client, signal } = this.#deps;
    // It may have ended.
    await whenReachable(() => client.task.cancel.mutate({ taskId }), signal).catch(() => undefined);
  }

  async #endOf(taskId: string): Promise<PromptResponse> {
    const { promise, resolve, reject } = Promise.withResolvers<TurnEnd>();
    const signal = AbortSignal.any([this.#deps.signal, this.#lost.signal]);
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    const known = this.#ends.get(taskId);
    if (known === undefined) this.#turns.set(taskId, resolve);
    else resolve({ kind: "ended", event: known });
    // It may have asked before anybody waited.
    this.#showQuestion();
    try {
      const end = await promise;
      return end.kind === "asks" ? { stopReason: "end_turn" } : responseTo(end.event);
    } finally {
      this.#turns.delete(taskId);
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #follow(after: number): Promise<void> {
    const { client, session, signal } = this.#deps;
    for await (const { events, live } of followSession(client, { sessionId: session.id, after, signal })) {
      for (const event of events) await this.#take(event);
      if (!live) continue;
      this.#caughtUp.resolve();
      this.#requests.settle();
      this.#showQuestion();
    }
  }

  async #take(event: SessionEvent): Promise<void> {
    this.#requests.apply(event);
    for (const update of this.#updates.of(event)) await this.#tell(update);
    if (event.type === "subagent.started") void this.#followSubagent(event.data.sessionId, event.data.taskId);
    if (this.#asking !== null && this.#requests.question?.id !== this.#asking.id) this.#asking = null;
    if (endStateOf(event) === null || event.taskId === null) return;
    const end = event as End;
    this.#ends.set(event.taskId, end);
    for (const oldest of this.#ends.keys()) {
      if (this.#ends.size <= MAX_ENDS) break;
      this.#ends.delete(oldest);
    }
    this.#turns.get(event.taskId)?.({ kind: "ended", event: end });
  }

  async #tell(update: ReturnType<SessionUpdates["of"]>[number]): Promise<void> {
    const { editor, session } = this.#deps;
    await editor.notify("session/update", { sessionId: session.id, update });
  }

  /** Approvals of subagents come up in the session that the editor knows. */
  async #followSubagent(sessionId: string, taskId: string): Promise<void> {
    const { client, editor, session, signal } = this.#deps;
    const updates = this.#updates;
    const requests = new SessionRequests({ client, editor, sessionId: session.id, updates, signal });
    const follow = async (): Promise<void> => {
      for await (const { events, live } of followSession(client, { sessionId, signal })) {
        for (const event of events) {
          requests.apply(event);
          if (event.type === "subagent.started") {
            void this.#followSubagent(event.data.sessionId, event.data.taskId);
          }
          if (event.taskId === taskId && endStateOf(event) !== null) return;
        }
        if (live) requests.settle();
      }
    };
    // Where its session is gone, the task above goes on without it.
    await onceThere(follow, signal).catch(() => undefined);
  }

  async #tellNote(): Promise<void> {
    const note = this.#note;
    this.#note = null;
    if (note === null) return;
    const content = { type: "text", text: `${note}\n\n` } as const;
    await this.#tell({ sessionUpdate: "agent_message_chunk", messageId: randomUUID(), content });
  }

  /** As words of the agent's; the turn ends with it, so that somebody can type. */
  #showQuestion(): void {
    const question = this.#requests.question;
    const turn = this.#turns.get(question?.taskId ?? "");
    if (question === null || turn === undefined || this.#asking?.id === question.id) return;
    this.#asking = question;
    const { text, options = [], form } = question.request;
    const choices = options.map(({ label }, index) => `${index + 1}. ${label}`);
    const how =
      form === undefined ? [] : [`Answer it in the browser, or: ${this.#deps.answerCommand(question.id)}`];
    const words = [text, ...choices, ...how].join("\n");
    const content = { type: "text", text: `\n\n${words}\n` } as const;
    void this.#tell({ sessionUpdate: "agent_message_chunk", content }).then(() => {
      if (form === undefined) turn({ kind: "asks" });
    });
  }
}

/** @throws RequestError with what went wrong */
function responseTo({ type, data }: End): PromptResponse {
  switch (type) {
    case "task.completed":
      return { stopReason: "end_turn" };
    case "task.canceled":
      return { stopReason: "cancelled" };
    case "task.failed":
      if (data.reason === "budget") return { stopReason: "max_turn_requests" };
      throw new RequestError(-32_603, data.error.message, { code: data.error.code });
    case "task.rejected":
      throw new RequestError(-32_603, `The task was rejected: ${data.reason}`);
  }
}
