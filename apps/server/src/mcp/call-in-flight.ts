import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol.js";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import type { QuestionAnswer } from "@trunkline/contract";
import type { Question } from "../tools/port.ts";
import { CallProgress } from "./call-progress.ts";
import type { CallTurns } from "./call-turns.ts";
import type { McpUse } from "./port.ts";

/** A request to a server that runs. Its time stands still while the user is asked. */
export class CallInFlight implements Disposable {
  readonly #use: McpUse & { timeoutMs: number };
  readonly #longestMs: number;
  readonly #ending = new AbortController();
  /** Of working time, in ms. */
  #leftMs: number;
  #worksSince = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #questions = 0;
  readonly #turns: CallTurns;
  readonly #progress = new CallProgress(async (text) => this.#use.progress?.(text));
  #hasTurn = true;
  #isOver = false;

  /** @param turns it has one */
  constructor(use: McpUse & { timeoutMs: number }, longestMs: number, turns: CallTurns) {
    this.#use = use;
    this.#turns = turns;
    this.#longestMs = longestMs;
    this.#leftMs = longestMs;
    this.#run();
  }

  /** Whether its server waits for an answer. */
  get isAsking(): boolean {
    return this.#questions > 0;
  }

  get options(): RequestOptions {
    const { signal } = this.#use;
    return {
      // The clock here knows when nobody works.
      timeout: NEVER_MS,
      signal: AbortSignal.any([signal, this.#ending.signal]),
      onprogress: ({ progress: done, total, message }) => {
        this.#hear();
        const count = total === undefined ? String(done) : `${done}/${total}`;
        this.#progress.say(message === undefined ? count : `${count} ${message}`);
      },
    };
  }

  /** @returns null: there is nobody to ask, or nobody answered in time. */
  async ask(question: Question, signal: AbortSignal): Promise<QuestionAnswer | null> {
    const { ask } = this.#use;
    if (ask === undefined) return null;
    if (this.#questions === 0) this.#pause();
    this.#questions += 1;
    this.#giveTurn();
    try {
      const answer = await ask(question, signal);
      await this.#takeTurn(AbortSignal.any([signal, this.#use.signal]));
      return answer;
    } finally {
      this.#questions -= 1;
      if (this.#questions === 0) this.#run();
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#questions = Number.POSITIVE_INFINITY;
    this.#isOver = true;
    this.#giveTurn();
  }

  async #takeTurn(signal: AbortSignal): Promise<void> {
    if (this.#hasTurn || this.#isOver) return;
    await this.#turns.enter(signal);
    this.#hasTurn = true;
    // It has ended while it waited.
    if (this.#isOver) this.#giveTurn();
  }

  #giveTurn(): void {
    if (!this.#hasTurn) return;
    this.#hasTurn = false;
    this.#turns.leave();
  }

  /** A sign of life. */
  #hear(): void {
    if (this.isAsking) return;
    this.#pause();
    this.#run();
  }

  #run(): void {
    this.#worksSince = performance.now();
    const ms = Math.max(0, Math.min(this.#use.timeoutMs, this.#leftMs));
    const late = new McpError(ErrorCode.RequestTimeout, "Request timed out", { longestMs: this.#longestMs });
    this.#timer = setTimeout(() => this.#ending.abort(late), ms);
  }

  #pause(): void {
    clearTimeout(this.#timer);
    this.#leftMs -= performance.now() - this.#worksSince;
  }
}

/** The longest that a timer can wait. */
const NEVER_MS = 2_147_483_647;
