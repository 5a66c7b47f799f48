import { monotonicMicros } from "@trunkline/testkit";
import { countEvents, isData, isLive, readId } from "./frame-fields.ts";

/**
 * Counts received events without parsing them. The logs used have no holes, so a message must contain exactly the
 * events between the last id and its own: a lost or duplicate one is noticed.
 */
export class EventCounter {
  lastSeq = 0;
  events = 0;
  frames = 0;
  bytes = 0;
  pings = 0;
  caughtUp = false;
  /** When the first message with events arrived, by `monotonicMicros`; 0 before. */
  firstAtUs = 0;
  readonly #looksInside: boolean;

  /**
   * @param looksInside false: trust the ids for the number of events. With many identical readers, some of them check.
   */
  constructor(looksInside: boolean) {
    this.#looksInside = looksInside;
  }

  onFrame(frame: Buffer): void {
    if (!isData(frame)) {
      this.pings += 1;
      return;
    }
    const seq = readId(frame);
    const events = this.#looksInside ? countEvents(frame) : seq - this.lastSeq;
    if (events < 0 || events !== seq - this.lastSeq) {
      throw new Error(`after seq ${this.lastSeq} came ${events} events up to seq ${seq}`);
    }
    if (events > 0 && this.firstAtUs === 0) this.firstAtUs = monotonicMicros();
    this.lastSeq = seq;
    this.events += events;
    this.frames += 1;
    this.bytes += frame.length;
    this.caughtUp ||= isLive(frame);
  }
}
