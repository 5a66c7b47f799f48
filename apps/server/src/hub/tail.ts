import type { SessionEvent } from "@trunkline/contract";

/** Events that a tail keeps at most. Who is further behind reads the log. */
const MAX_EVENTS = 512;

/**
 * The newest events of one session, for those who keep up: a cache of the log, so that a thousand followers do not
 * make a thousand reads. Gap-free: seqs that follow on from the newest are taken, and anything else starts it anew.
 */
export class Tail {
  #events: SessionEvent[] = [];
  #after = { cursor: -1, lastSeq: -1, events: [] as readonly SessionEvent[] };

  get #lastSeq(): number {
    return this.#events.at(-1)?.seq ?? 0;
  }

  /** Events that are already held are passed over: merged appends are announced by each of their writers. */
  push(events: readonly SessionEvent[]): void {
    for (const event of events) {
      const lastSeq = this.#lastSeq;
      if (event.seq <= lastSeq) continue;
      if (lastSeq !== 0 && event.seq !== lastSeq + 1) this.#events = [];
      this.#events.push(event);
    }
    // Trimmed by halves, so that a push costs the same on average however full the tail is.
    if (this.#events.length > 2 * MAX_EVENTS) this.#events = this.#events.slice(-MAX_EVENTS);
  }

  /** @returns all events after the cursor, or null where the tail does not reach back to it. */
  after(cursor: number): readonly SessionEvent[] | null {
    const first = this.#events[0];
    if (first === undefined || first.seq > cursor + 1) return null;
    const lastSeq = this.#lastSeq;
    if (this.#after.cursor !== cursor || this.#after.lastSeq !== lastSeq) {
      this.#after = { cursor, lastSeq, events: this.#events.slice(cursor + 1 - first.seq) };
    }
    return this.#after.events;
  }
}
