/** How often the loop must come by, in ms. */
const EVERY_MS = 1_000;
/** The loop was stuck where it came by this much too late, in ms. */
const STUCK_MS = 3_000;
/** How long after that requests had better go elsewhere, in ms. */
const DISTRUSTED_MS = 10_000;

/**
 * Notices when the event loop was stuck: while it is, nothing can be answered at all, and after it has been, it is likely to
 * be again.
 */
export class LoopWatch implements Disposable {
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => number;
  #lastAt: number;
  #stuck: { at: number; forMs: number } | undefined;

  /** @param now monotonic, in ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#lastAt = now();
    this.#timer = setInterval(() => this.tick(), EVERY_MS).unref();
  }

  tick(): void {
    const at = this.#now();
    const lateMs = at - this.#lastAt - EVERY_MS;
    if (lateMs >= STUCK_MS) this.#stuck = { at, forMs: lateMs };
    this.#lastAt = at;
  }

  /** @throws Error if the loop was stuck lately */
  check(): void {
    // The request may be served before the timer that is overdue as well.
    if (this.#now() - this.#lastAt - EVERY_MS >= STUCK_MS) this.tick();
    if (this.#stuck === undefined || this.#now() - this.#stuck.at > DISTRUSTED_MS) return;
    throw new Error(`The event loop was stuck for ${(this.#stuck.forMs / 1_000).toFixed(1)} s`);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
