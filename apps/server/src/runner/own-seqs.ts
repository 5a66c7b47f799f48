import type { SessionEvent } from "@trunkline/contract";

/** The seqs that a run gets for its events: a gap between them is an event of somebody else's. */
export class OwnSeqs {
  /** A seq that all future events of the run will exceed. */
  #last: number;
  #hasGap = false;

  constructor(startedSeq: number) {
    this.#last = startedSeq;
  }

  get last(): number {
    return this.#last;
  }

  /** Stored events, in the order of their commits. Those of merged appends come once for each of their writers. */
  add(events: readonly SessionEvent[]): void {
    for (const { seq } of events) {
      if (seq <= this.#last) continue;
      if (seq !== this.#last + 1) this.#hasGap = true;
      this.#last = seq;
    }
  }

  /** Whether there was a gap since this was last asked. */
  takeGap(): boolean {
    const hadGap = this.#hasGap;
    this.#hasGap = false;
    return hadGap;
  }
}
