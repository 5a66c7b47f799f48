/** Share of the time that is spent on measuring, at most: a large directory takes long. */
const MEASURING_SHARE = 0.05;

/** Something that takes long to measure, and is measured again and again, once at a time. */
export class Measuring {
  readonly #measure: (signal: AbortSignal) => Promise<void>;
  readonly #everyMs: () => number;
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** `performance.now()` from when on another measurement is within its share of the time. */
  #restedAt = 0;

  /**
   * @param measure is expected to log its own failures
   * @param everyMs how long to wait after a measurement, in ms; longer if it took long
   */
  constructor(measure: (signal: AbortSignal) => Promise<void>, everyMs: () => number) {
    this.#measure = measure;
    this.#everyMs = everyMs;
  }

  start(): void {
    void this.#goOn();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Measures now, or waits for the measurement that runs. */
  async measure(): Promise<void> {
    const begun = performance.now();
    this.#running ??= this.#measure(this.#stopped.signal).finally(() => {
      this.#running = undefined;
      const ended = performance.now();
      this.#restedAt = ended + (ended - begun) / MEASURING_SHARE;
    });
    return this.#running;
  }

  /** Whether a measurement that nobody waits for may begin. */
  get hasRested(): boolean {
    return this.#running === undefined && performance.now() >= this.#restedAt;
  }

  async #goOn(): Promise<void> {
    await this.measure();
    if (this.#stopped.signal.aborted) return;
    const wait = Math.max(this.#everyMs(), this.#restedAt - performance.now());
    this.#timer = setTimeout(() => void this.#goOn(), wait).unref();
  }
}
