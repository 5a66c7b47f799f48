import type { Turns } from "./port.ts";

/** Requests started per turn of the event loop: a few ms of work. With eight the first of fifty waited a tenth longer, the last as long. */
const ANSWERS_PER_TURN = 4;
/** Deferred work is larger, e.g. starting a task. More than one per turn would stall running streams. */
const LATER_PER_TURN = 1;
/** Maximum delay of deferred work while requests keep arriving, in ms. */
const MAX_DELAY_MS = 50;

/**
 * Without this, fifty concurrent requests would be read, committed and answered in lockstep, the first only after the
 * work of the fiftieth. With it, the writer thread commits the first while the next are read, and streams get their
 * events in between. A single request is not delayed.
 */
export class EventLoopTurns implements Turns {
  /** By caller; whoever was served goes to the end. */
  readonly #answers = new Map<string, Queue<() => void>>();
  readonly #later = new Queue<{ work: () => void; sinceMs: number }>();
  /** Requests that this turn may still start. */
  #left = ANSWERS_PER_TURN;
  #isScheduled = false;
  #answering = 0;
  #due: NodeJS.Timeout | undefined;

  answer(caller: string, work: () => void): void {
    this.#schedule();
    if (this.#left === 0 || this.#answers.has(caller)) {
      const waiting = this.#answers.get(caller) ?? new Queue();
      waiting.add(work);
      this.#answers.set(caller, waiting);
      return;
    }
    this.#left -= 1;
    work();
  }

  answering(): Disposable {
    this.#answering += 1;
    return {
      [Symbol.dispose]: () => {
        this.#answering -= 1;
        if (this.#answering === 0 && !this.#later.isEmpty) this.#schedule();
      },
    };
  }

  afterAnswers(work: () => void): void {
    this.#schedule();
    this.#later.add({ work, sinceMs: performance.now() });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isScheduled = false;
    clearTimeout(this.#due);
    this.#due = undefined;
    this.#left = ANSWERS_PER_TURN;
    while (this.#left > 0 && this.#answers.size > 0) this.#answerNext();
    if (this.#mayBeginLater()) for (const { work } of this.#later.take(LATER_PER_TURN)) work();
    if (this.#answers.size > 0 || this.#mayBeginLater()) this.#schedule();
    else if (!this.#later.isEmpty) this.#due ??= setTimeout(() => this.#turn(), MAX_DELAY_MS).unref();
  }

  #mayBeginLater(): boolean {
    const { oldest } = this.#later;
    if (oldest === undefined) return false;
    const isQuiet = this.#answers.size === 0 && this.#answering === 0;
    return isQuiet || performance.now() - oldest.sinceMs >= MAX_DELAY_MS;
  }

  #answerNext(): void {
    for (const [caller, waiting] of this.#answers) {
      this.#answers.delete(caller);
      const [work] = waiting.take(1);
      if (!waiting.isEmpty) this.#answers.set(caller, waiting);
      this.#left -= 1;
      work?.();
      return;
    }
  }
}

/** A queue that does not shift its items. */
class Queue<Item> {
  #items: Item[] = [];
  #taken = 0;

  get isEmpty(): boolean {
    return this.#taken === this.#items.length;
  }

  get oldest(): Item | undefined {
    return this.#items[this.#taken];
  }

  add(item: Item): void {
    this.#items.push(item);
  }

  take(count: number): Item[] {
    const items = this.#items.slice(this.#taken, this.#taken + count);
    this.#taken += items.length;
    if (this.isEmpty) {
      this.#items = [];
      this.#taken = 0;
    }
    return items;
  }
}
