import type { SessionEvent } from "@trunkline/contract";
import { lengthOfStrings } from "./length-of-strings.ts";

/** What a tail keeps at most, but for one single larger event. Who is further behind reads the log. */
const MAX_EVENTS = 512;
const MAX_LENGTH = 250_000;

/**
 * The newest events of one session, for those who keep up: a cache of the log, so that a thousand followers do not
 * make a thousand reads. Gap-free: seqs that follow on from the newest are taken, and anything else starts it anew.
 */
export class Tail {
  #events: SessionEvent[] = [];
  /** Of the strings in them, in UTF-16 units. */
  #length = 0;
  /** What was given out since the last push, by cursor: a few followers' cursors differ, a thousand's do not. */
  readonly #after = new Map<number, readonly SessionEvent[]>();

  get #lastSeq(): number {
    return this.#events.at(-1)?.seq ?? 0;
  }

  /**
   * Events that are already held are passed over: merged appends are announced by each of their writers.
   * @returns whether there were others.
   */
  push(events: readonly SessionEvent[]): boolean {
    const before = this.#lastSeq;
    this.#after.clear();
    for (const event of events) {
      const lastSeq = this.#lastSeq;
      if (event.seq <= lastSeq) continue;
      if (event.seq !== lastSeq + 1) this.#keep(0);
      this.#events.push(event);
      this.#length += lengthOfStrings(event.data);
    }
    // Trimmed to the half, so that a push costs the same on average however full the tail is.
    if (this.#events.length > MAX_EVENTS) this.#keep(MAX_EVENTS / 2);
    while (this.#length > MAX_LENGTH && this.#events.length > 1)
      this.#keep(Math.floor(this.#events.length / 2));
    return this.#lastSeq > before;
  }

  /** @returns all events after the cursor, or null where the tail does not reach back to it. */
  after(cursor: number): readonly SessionEvent[] | null {
    const [first] = this.#events;
    if (first === undefined || first.seq > cursor + 1) return null;
    let events = this.#after.get(cursor);
    if (events === undefined) {
      events = this.#events.slice(cursor + 1 - first.seq);
      this.#after.set(cursor, events);
    }
    return events;
  }

  #keep(newest: number): void {
    this.#events = newest === 0 ? [] : this.#events.slice(-newest);
    this.#length = this.#events.reduce((length, event) => length + lengthOfStrings(event.data), 0);
  }
}
