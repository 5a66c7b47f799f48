/** Of what may come in a minute, all may come at once; what is used up comes back evenly. */
const WINDOW_MS = 60_000;
/** Keys of a generation; there are two. */
const MAX_KEYS = 10_000;

/**
 * A token bucket per key, kept as the one number that decides: when the bucket is full again (GCRA). A request costs a
 * look-up, and memory is bounded whoever asks: keys live in two generations, and when the young one is full, the old one
 * goes. Libraries were looked at: rate-limiter-flexible keeps a timer for each key, and no bound.
 */
export class RateLimit {
  readonly #intervalMs: number;
  readonly #now: () => number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  /** What was taken since the other nodes were told, in ms; undefined where there are none. */
  #untold: Map<string, number> | undefined;

  /** @param isShared whether `tellTaken` is going to be called. */
  constructor({
    perMinute,
    now,
    isShared = false,
  }: {
    perMinute: number;
    now: () => number;
    isShared?: boolean;
  }) {
    this.#intervalMs = WINDOW_MS / perMinute;
    this.#now = now;
    this.#untold = isShared ? new Map() : undefined;
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** @returns 0, or for how many ms there is no more; then nothing was taken */
  take(key: string, cost = 1): number {
    const now = this.#now();
    const known = this.#young.get(key) ?? this.#old.get(key) ?? 0;
    // Never later than a window from now, unless the clock was set back: then nothing is known any more.
    const from = known > now + WINDOW_MS ? now : Math.max(known, now);
    const fullAt = from + cost * this.#intervalMs;
    const waitMs = fullAt - now - WINDOW_MS;
    if (waitMs > 0) return waitMs;
    this.#untold?.set(key, (this.#untold.get(key) ?? 0) + cost * this.#intervalMs);
    this.#remember(key, fullAt);
    return 0;
  }

  /** @returns how much was taken of each bucket since the last call, as the time that it takes to fill up again, in ms. */
  tellTaken(): ReadonlyMap<string, number> {
    const taken = this.#untold ?? new Map<string, number>();
    this.#untold = new Map();
    return taken;
  }

  /** The bucket is full again in so many ms, by what all nodes have told. */
  hear(key: string, fullInMs: number): void {
    const ms = fullInMs + (this.#untold?.get(key) ?? 0);
    // Nodes that took at once may have taken more than there was.
    this.#remember(key, this.#now() + Math.min(ms, WINDOW_MS));
  }

  #remember(key: string, fullAt: number): void {
    this.#young.set(key, fullAt);
    if (this.#young.size > MAX_KEYS) {
      this.#old = this.#young;
      this.#young = new Map();
      // Nobody who has this many addresses is held by what each of them took.
      this.#untold?.clear();
    }
  }
}
