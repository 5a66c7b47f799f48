import type { SessionEvent } from "@trunkline/contract";

/** Maximum size of a tail, except for a single larger event. Listeners further behind read the log. */
const MAX_EVENTS = 512;
const MAX_LENGTH = 250_000;

/**
 * The newest events of one session, for listeners that keep up: a cache of the log, so that a thousand followers do not
 * cause a thousand reads. It is contiguous; events that do not follow on start it anew.
 */
export class Tail {
  #events: SessionEvent[] = [];
  /** It has everything after this seq, up to `end`. */
  #from = 0;
  #end: number | null = null;
  /** Length of their strings, in UTF-16 units. */
  #length = 0;
  /** Results since the last push, by cursor: a few followers' cursors differ, a thousand's do not. */
  readonly #after = new Map<number, readonly SessionEvent[]>();

  /** Up to which seq it has the log; null if the end is not known yet. */
  get end(): number | null {
    return this.#end;
  }

  /** The log ends here, according to somebody who has just read it. */
  startAt(seq: number): void {
    if (this.#end !== null) return;
    this.#from = seq;
    this.#end = seq;
  }

  /**
   * Known events are skipped: merged appends are announced by each of their writers.
   * @param after the events include everything in the log from there to the last of them; gaps are possible, because
   * pieces go once their whole is stored.
   * @returns whether there were new ones.
   */
  push(events: readonly SessionEvent[], after = (events[0]?.seq ?? 1) - 1): boolean {
    const news = events.filter(({ seq }) => seq > (this.#end ?? 0));
    const last = news.at(-1);
    if (last === undefined) return false;
    this.#after.clear();
    if (this.#end === null || after > this.#end) {
      this.#keep(0);
      this.#from = after;
    }
    this.#events.push(...news);
    for (const { data } of news) this.#length += lengthOfStrings(data);
    this.#end = last.seq;
    // Trimmed by half, so that the average cost of a push does not depend on how full it is.
    if (this.#events.length > MAX_EVENTS) this.#keep(MAX_EVENTS / 2);
    while (this.#length > MAX_LENGTH && this.#events.length > 1)
      this.#keep(Math.floor(this.#events.length / 2));
    return true;
  }

  /** @returns all events after the cursor; null if the tail does not reach back to it. */
  after(cursor: number): readonly SessionEvent[] | null {
    if (this.#end === null || cursor < this.#from) return null;
    let events = this.#after.get(cursor);
    if (events === undefined) {
      events = this.#events.slice(this.#indexAfter(cursor));
      this.#after.set(cursor, events);
    }
    return events;
  }

  /** Index of the first event after the cursor. */
  #indexAfter(cursor: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.seq ?? 0) > cursor) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #keep(newest: number): void {
    const dropped = this.#events.slice(0, this.#events.length - newest);
    this.#from = dropped.at(-1)?.seq ?? this.#from;
    this.#events = this.#events.slice(dropped.length);
    this.#length = this.#events.reduce((length, event) => length + lengthOfStrings(event.data), 0);
  }
}

/** Approximate memory of a JSON value: the length of all its strings, in UTF-16 units. */
function lengthOfStrings(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  let length = 0;
  for (const part of Object.values(value)) length += lengthOfStrings(part);
  return length;
}
