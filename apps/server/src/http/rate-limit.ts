/** A full minute's allowance may be used at once; it refills evenly. */
const WINDOW_MS = 60_000;
/** Keys of a generation; there are two. */
const MAX_KEYS = 10_000;

/**
 * A token bucket per key, stored as the time when the bucket will be full again (GCRA). A request costs one lookup, and
 * memory is bounded: keys live in two generations, and when the young one is full, the old one is dropped.
 * (rate-limiter-flexible uses a timer per key and has no bound.)
 */
export class RateLimit {
  readonly #intervalMs: number;
  readonly #now: () => number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  /** Usage not yet reported to other nodes, in ms; undefined if there are none. */
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

  /** @returns 0, or the time to wait in ms; then nothing was taken */
  take(key: string, cost = 1): number {
    const now = this.#now();
    const known = this.#young.get(key) ?? this.#old.get(key) ?? 0;
    // Never more than a window ahead, unless the clock was set back: then start over.
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

  /** When the bucket will be full again, in ms, according to all nodes. */
  hear(key: string, fullInMs: number): void {
    const ms = fullInMs + (this.#untold?.get(key) ?? 0);
    // Nodes that granted at the same time may have exceeded the limit together.
    this.#remember(key, this.#now() + Math.min(ms, WINDOW_MS));
  }

  #remember(key: string, fullAt: number): void {
    this.#young.set(key, fullAt);
    if (this.#young.size > MAX_KEYS) {
      this.#old = this.#young;
      this.#young = new Map();
      // With this many addresses, what single ones used hardly matters.
      this.#untold?.clear();
    }
  }
}
