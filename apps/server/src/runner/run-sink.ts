import { OpenItems, type SessionEvent } from "@trunkline/contract";
import type { DeltaEvent, RunEvent, RunSink } from "../agent/port.ts";
import type { Log } from "../log/port.ts";
import { OwnSeqs } from "./own-seqs.ts";
import { FencedError, type StoredDraft, type StoredTask } from "../store/port.ts";

/** The writing task attempt. */
export interface Holder {
  sessionId: string;
  taskId: string;
  attempt: number;
}

/** Maximum pieces pending in the store before the writer is held back. */
const MAX_OUTSTANDING_DELTAS = 64;

/** Writes a run's events to the log, fenced by its attempt. */
export class LogSink implements RunSink {
  readonly open: OpenItems;
  readonly #log: Log;
  readonly #holder: Holder;
  readonly #now: () => number;
  readonly #onRefused: () => void;
  readonly #seqs: OwnSeqs;
  #outstanding = 0;
  #lost: Error | undefined;

  /** @param options.onRefused called for a write after the run had lost its task. */
  constructor(options: {
    log: Log;
    holder: Holder;
    startedSeq: number;
    now: () => number;
    onRefused: () => void;
    /** What the attempt before has left open. */
    open?: OpenItems;
  }) {
    this.#log = options.log;
    this.#holder = options.holder;
    this.#seqs = new OwnSeqs(options.startedSeq);
    this.#now = options.now;
    this.#onRefused = options.onRefused;
    this.open = options.open ?? new OpenItems();
  }

  async append(events: readonly RunEvent[]): Promise<readonly SessionEvent[]> {
    if (this.#lost !== undefined) throw this.#lost;
    const { sessionId, taskId, attempt } = this.#holder;
    const endedBlocks = events.flatMap((event) => this.open.endedBlockOf(event) ?? []);
    const drafts = events.map((event) => ({ ...event, taskId, attempt }));
    const options = { fence: { taskId, attempt }, endedBlocks };
    const stored = await this.#store(() => this.#log.append(sessionId, drafts, options));
    // Only now: what could not be stored stays open, and is closed by whoever ends the run.
    for (const event of stored) this.open.apply(event, event);
    this.#seqs.add(stored);
    return stored;
  }

  /**
   * Hands a queued message to the run. @throws GuardFailedError if it has changed meanwhile
   */
  async handOver(message: StoredTask): Promise<readonly SessionEvent[]> {
    if (this.#lost !== undefined) throw this.#lost;
    const { sessionId, taskId, attempt } = this.#holder;
    const { id, prompt, steerSeq } = message;
    const drafts: StoredDraft[] = [
      { taskId, attempt, type: "task.steered", data: { prompt, steeredTaskId: id } },
      { taskId: id, type: "task.canceled", data: { reason: "steered", by: "server" } },
    ];
    const states = ["submitted"] as const;
    const stored = await this.#store(() =>
      this.#log.append(sessionId, drafts, {
        fence: { taskId, attempt },
        expect: { task: { id, states, attempt: 0, ...(steerSeq !== null && { steerSeq }) } },
      }),
    );
    this.#seqs.add(stored);
    return stored;
  }

  othersWrote(): boolean {
    return this.#seqs.takeGap();
  }

  async #store(append: () => Promise<SessionEvent[]>): Promise<SessionEvent[]> {
    try {
      return await append();
    } catch (error) {
      if (error instanceof FencedError) this.#onRefused();
      throw error;
    }
  }

  async delta(event: DeltaEvent): Promise<void> {
    if (this.#lost !== undefined) throw this.#lost;
    const { sessionId, taskId, attempt } = this.#holder;
    this.open.apply(event, { taskId, seq: this.#seqs.last + 1, at: this.#now() });
    this.#outstanding += 1;
    const stored = this.#log
      .append(sessionId, [{ ...event, taskId, attempt }], { fence: { taskId, attempt } })
      .then(this.#onStored, this.#onFailed);
    if (this.#outstanding > MAX_OUTSTANDING_DELTAS) await stored;
  }

  // Made once: there is one call for each token.
  readonly #onStored = (events: readonly SessionEvent[]): void => {
    this.#outstanding -= 1;
    this.#seqs.add(events);
  };

  readonly #onFailed = (error: unknown): void => {
    this.#outstanding -= 1;
    if (error instanceof FencedError) this.#onRefused();
    this.#lost ??= error instanceof Error ? error : new Error(String(error));
  };
}
