import type { NetworkRefusal, QuestionAnswer, SessionEvent } from "@trunkline/contract";
import type { QuestionRequest } from "../approvals/port.ts";
import type { Question, ToolContext, ToolResult } from "../tools/port.ts";
import type { Parkable } from "./parked-work.ts";

/** Where a running call's words go: to the attempt that waits for it. */
export interface CallOutlet {
  progress(chunk: string): Promise<void>;
  refused(refusal: NetworkRefusal): void;
}

export type CallNews = { type: "ended"; result: ToolResult } | { type: "asks"; question: Question };

/** A question of a call that has started: the task waits with the call running. */
export class CallAsks extends Error {
  override readonly name = "CallAsks";
  readonly call: HeldCall;
  readonly request: QuestionRequest;

  constructor(call: HeldCall, question: Question) {
    super(`call ${call.callId} asks the user`);
    this.call = call;
    this.request = { callId: call.callId, ...question };
  }
}

/** Tells that nobody waits for the answer any more. */
export type WithdrawQuestion = (
  ownerId: string,
  question: { id: string; sessionId: string; taskId: string },
) => Promise<void>;

export interface HeldCallDeps {
  callId: string;
  /** The session's owner. */
  ownerId: string;
  withdraw: WithdrawQuestion;
  /** Monotonic, in ms. */
  now: () => number;
}

interface Asking {
  question: Question;
  answer(given: QuestionAnswer | null): void;
  /** Resolves with false if nobody has answered, and nobody waits for it any more. */
  over: Promise<boolean>;
}

const SILENT: CallOutlet = { progress: async () => undefined, refused: () => undefined };

/** A call that may ask, at work across the attempts that it takes to get answers. */
export class HeldCall implements Parkable {
  readonly #deps: HeldCallDeps;
  readonly #ending = new AbortController();
  readonly #result: Promise<ToolResult>;
  #outlet = SILENT;
  #asking: Asking | null = null;
  /** What its task waits for. */
  #told: Asking | null = null;
  #asks = Promise.withResolvers<void>();
  /** The question before; they are asked one by one. */
  #former: Promise<unknown> = Promise.resolve();
  #isDropped = false;
  #workedMs = 0;
  #worksSince: number;

  /** Starts it. */
  constructor(
    deps: HeldCallDeps,
    execute: (context: Pick<ToolContext, "signal" | "progress" | "refused" | "ask">) => Promise<ToolResult>,
  ) {
    this.#deps = deps;
    this.#worksSince = deps.now();
    this.#result = execute({
      signal: this.#ending.signal,
      progress: async (chunk) => this.#outlet.progress(chunk),
      refused: (refusal) => this.#outlet.refused(refusal),
      ask: async (question, signal) => this.#ask(question, signal),
    }).catch(failed);
  }

  get callId(): string {
    return this.#deps.callId;
  }

  /** How long it has worked, without the time that it waited for answers, in ms. */
  get workedMs(): number {
    return this.#workedMs + (this.#asking === null ? this.#deps.now() - this.#worksSince : 0);
  }

  /** Waits until it ends or asks. Once the signal aborts it ends. */
  async next(outlet: CallOutlet, signal: AbortSignal): Promise<CallNews> {
    const onAbort = (): void => this.#ending.abort(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    this.#outlet = outlet;
    try {
      const ended = this.#result.then((result): CallNews => ({ type: "ended", result }));
      for (;;) {
        const news = await Promise.race([ended, this.#asks.promise]);
        if (news !== undefined) return news;
        this.#asks = Promise.withResolvers();
        // It may have been withdrawn at once.
        if (this.#asking === null) continue;
        this.#told = this.#asking;
        return { type: "asks", question: this.#told.question };
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#outlet = SILENT;
    }
  }

  /** @param given null: nobody answered in time. */
  answer(given: QuestionAnswer | null): void {
    this.#told?.answer(given);
    this.#told = null;
  }

  /** While its task waits: whoever is asked does not answer in vain. */
  see(events: readonly SessionEvent[]): void {
    const told = this.#told;
    const { withdraw, ownerId } = this.#deps;
    for (const event of events) {
      if (event.type !== "question.asked" || event.data.callId !== this.callId) continue;
      const { sessionId, taskId, data } = event;
      const question = { id: data.questionId, sessionId, taskId: taskId ?? "" };
      void (told?.over ?? Promise.resolve(false)).then(async (isAnswered) => {
        // After a restart there is still somebody to tell that it was in vain.
        if (isAnswered || this.#isDropped) return;
        await withdraw(ownerId, question).catch(() => undefined);
      });
    }
  }

  async end(): Promise<void> {
    this.#isDropped = true;
    this.#ending.abort(new Error("Its task does not wait for it any more"));
    await this.#result;
  }

  async #ask(question: Question, signal: AbortSignal): Promise<QuestionAnswer | null> {
    const former = this.#former;
    const { promise: done, resolve: next } = Promise.withResolvers<void>();
    this.#former = done;
    await former;
    try {
      return await this.#askNow(question, AbortSignal.any([signal, this.#ending.signal]));
    } finally {
      next();
    }
  }

  async #askNow(question: Question, signal: AbortSignal): Promise<QuestionAnswer | null> {
    if (signal.aborted) return null;
    const { promise: answered, resolve: answer } = Promise.withResolvers<QuestionAnswer | null>();
    const { promise: gone, resolve: onGone } = Promise.withResolvers<"gone">();
    signal.addEventListener("abort", () => onGone("gone"), { once: true });
    const first = Promise.race([answered, gone, this.#result.then(() => "gone" as const)]);
    this.#workedMs = this.workedMs;
    this.#asking = { question, answer, over: first.then((one) => one !== "gone") };
    this.#asks.resolve();
    const given = await first;
    this.#asking = null;
    this.#worksSince = this.#deps.now();
    return given === "gone" ? null : given;
  }
}

export function failed(error: unknown): ToolResult {
  return { status: "failed", output: error instanceof Error ? error.message : String(error) };
}
