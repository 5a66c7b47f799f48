/** Share of the time that is spent on measuring, at most: a large directory takes long. */
const MEASURING_SHARE = 0.05;

/** Something that takes long to measure, and is measured again and again, once at a time. */
export class Measuring {
  readonly #measure: (signal: AbortSignal) => Promise<void>;
  readonly #everyMs: () => number;
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

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
    this.#running ??= this.#measure(this.#stopped.signal).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #goOn(): Promise<void> {
    const begun = performance.now();
    await this.measure();
    if (this.#stopped.signal.aborted) return;
    const wait = Math.max(this.#everyMs(), (performance.now() - begun) / MEASURING_SHARE);
    this.#timer = setTimeout(() => void this.#goOn(), wait).unref();
  }
}
