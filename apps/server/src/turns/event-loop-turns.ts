import type { Turns } from "./port.ts";

/** Answers that are begun in one turn of the event loop: a few ms of work. */
const ANSWERS_PER_TURN = 8;
/** What nobody waits for is larger: the start of a task, for one. More than one, and streams that run would stand still. */
const LATER_PER_TURN = 1;
/** How long it may be put off while answers keep coming, in ms. */
const MAX_DELAY_MS = 50;

/**
 * Fifty requests that arrive together would be read, committed and answered in lockstep, and the fiftieth's work be done
 * before the first is answered. In turns, the writer thread commits the first while the next are read, and streams get
 * their events in between. Who comes alone waits for nothing.
 */
export class EventLoopTurns implements Turns {
  /** Of each caller who waits; the one who was served goes to the end. */
  readonly #answers = new Map<string, Queue<() => void>>();
  readonly #later = new Queue<{ work: () => void; sinceMs: number }>();
  /** Answers that this turn may still begin. */
  #left = ANSWERS_PER_TURN;
  #isScheduled = false;

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
    this.#left = ANSWERS_PER_TURN;
    while (this.#left > 0 && this.#answers.size > 0) this.#answerNext();
    const { oldest } = this.#later;
    const isDue = oldest !== undefined && performance.now() - oldest.sinceMs >= MAX_DELAY_MS;
    if (this.#answers.size === 0 || isDue) {
      for (const { work } of this.#later.take(LATER_PER_TURN)) work();
    }
    if (this.#answers.size > 0 || !this.#later.isEmpty) this.#schedule();
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

/** First in, first out, without moving the rest at each step. */
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
