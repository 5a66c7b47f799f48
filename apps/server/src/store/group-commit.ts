import { StoreUnavailableError } from "./port.ts";

/** How many items must have shared a batch for the next one to gather. */
const GATHER_FROM = 4;
/** From the start of such a batch to that of the next, in ms. Half of it is what a piece waits on average. */
const GATHER_MS = 4;

/**
 * Whatever arrives during a commit, or in the same turn of the event loop, shares the next one. Where many streams run,
 * the next one also gathers pieces for a few milliseconds: without that, commits follow each other as fast as the disk
 * allows, each with a few pieces. Anything but a piece ends the gathering, and a single stream never waits.
 */
export class GroupCommit<Item, Result> {
  readonly #commitBatch: (items: Item[]) => Promise<readonly Settled<Result>[]>;
  readonly #keyOf: (item: Item) => string;
  readonly #merge: (waiting: Item, next: Item) => Item | undefined;
  readonly #mayWait: (item: Item) => boolean;
  readonly #weightOf: (item: Item) => number;
  readonly #maxItems: number;
  readonly #maxWeight: number;
  readonly #onCommitted: OnCommitted | undefined;
  #queue: Entry<Item, Result>[] = [];
  /** The newest waiting entry of each key: the only one that a further item can merge into without overtaking. */
  readonly #newest = new Map<string, Entry<Item, Result>>();
  #state: "idle" | "gathering" | "committing" = "idle";
  /** Whether something waits that may not gather. */
  #isUrgent = false;
  /** By `performance.now()`. */
  #gatherUntil = 0;
  #gathering: NodeJS.Timeout | undefined;
  #committingSince: number | undefined;
  #idle: (() => void)[] = [];

  /**
   * @param commitBatch must settle every item; if it rejects, so do all items of the batch.
   * @param keyOf items with the same key are committed in the order of `add`.
   * @param merge combines two adjacent waiting items of a key; undefined if they must stay separate.
   * @param mayWait whether an item may gather with others.
   * @param maxWeight of a batch; a heavier item goes alone.
   * @param onCommitted told of each batch, also of one that was refused.
   */
  constructor(options: {
    commitBatch: (items: Item[]) => Promise<readonly Settled<Result>[]>;
    keyOf: (item: Item) => string;
    merge: (waiting: Item, next: Item) => Item | undefined;
    mayWait: (item: Item) => boolean;
    weightOf: (item: Item) => number;
    maxItems: number;
    maxWeight: number;
    onCommitted?: OnCommitted | undefined;
  }) {
    this.#commitBatch = options.commitBatch;
    this.#keyOf = options.keyOf;
    this.#merge = options.merge;
    this.#mayWait = options.mayWait;
    this.#weightOf = options.weightOf;
    this.#maxItems = options.maxItems;
    this.#maxWeight = options.maxWeight;
    this.#onCommitted = options.onCommitted;
  }

  /** How long the commit under way has taken, in ms; 0 if there is none. */
  get committingMs(): number {
    return this.#committingSince === undefined ? 0 : performance.now() - this.#committingSince;
  }

  /** @returns the result of the item, or of the one it was merged into. */
  add(item: Item): Promise<Result> {
    const key = this.#keyOf(item);
    const newest = this.#newest.get(key);
    const merged = newest === undefined ? undefined : this.#merge(newest.item, item);
    if (newest !== undefined && merged !== undefined) {
      newest.item = merged;
      return newest.promise;
    }
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const entry = { item, promise, resolve, reject };
    this.#queue.push(entry);
    this.#newest.set(key, entry);
    this.#isUrgent ||= !this.#mayWait(item);
    if (this.#state === "idle") this.#start();
    else if (this.#state === "gathering" && this.#isUrgent) this.#commitSoon();
    return promise;
  }

  /** Resolves when nothing is waiting or in flight. */
  async whenIdle(): Promise<void> {
    if (this.#state === "idle") return;
    if (this.#state === "gathering") this.#commitSoon();
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #batchLength(): number {
    let weight = 0;
    const tooMany = this.#queue.findIndex(({ item }, index) => {
      weight += this.#weightOf(item);
      return index === this.#maxItems || (index > 0 && weight > this.#maxWeight);
    });
    return tooMany === -1 ? this.#queue.length : tooMany;
  }

  /** How long what waits may gather, in ms. */
  get #patienceMs(): number {
    return this.#isUrgent ? 0 : Math.max(0, this.#gatherUntil - performance.now());
  }

  #start(): void {
    const patienceMs = this.#patienceMs;
    if (patienceMs === 0) return this.#commitSoon();
    this.#state = "gathering";
    this.#gathering = setTimeout(() => this.#commitSoon(), patienceMs);
  }

  #commitSoon(): void {
    clearTimeout(this.#gathering);
    this.#state = "committing";
    setImmediate(() => void this.#commitWaiting());
  }

  async #commitWaiting(): Promise<void> {
    do {
      const committed = await this.#commitNext();
      // Let callers react to their results first: what they add now belongs to the next batch.
      await new Promise(setImmediate);
      // Writers that wait for each of their pieces are all back: there is nothing more to gather.
      this.#isUrgent ||= this.#queue.length >= committed;
    } while (this.#queue.length > 0 && this.#patienceMs === 0);
    if (this.#queue.length > 0) return this.#start();
    this.#state = "idle";
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** @returns how many items were in the batch. */
  async #commitNext(): Promise<number> {
    const batch = this.#queue.splice(0, this.#batchLength());
    for (const entry of batch) {
      const key = this.#keyOf(entry.item);
      if (this.#newest.get(key) === entry) this.#newest.delete(key);
    }
    // What did not fit has waited long enough.
    this.#isUrgent = this.#queue.length > 0;
    const startedAt = performance.now();
    this.#gatherUntil = batch.length < GATHER_FROM ? 0 : startedAt + GATHER_MS;
    this.#committingSince = startedAt;
    try {
      const results = await this.#commitBatch(batch.map((entry) => entry.item));
      for (const [index, entry] of batch.entries()) settle(entry, results[index]);
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    } finally {
      this.#committingSince = undefined;
      this.#onCommitted?.(batch.length, performance.now() - startedAt);
    }
    return batch.length;
  }
}

/** A commit that takes longer is stuck: a disk that does not answer, or a thread that is dead without a word. In ms. */
const STUCK_MS = 10_000;

/** @throws StoreUnavailableError if a commit is stuck */
export function assertCommitting({ committingMs }: { committingMs: number }): void {
  if (committingMs > STUCK_MS) {
    throw new StoreUnavailableError(
      "unavailable",
      `A commit has taken ${Math.round(committingMs / 1_000)} s and is still under way`,
    );
  }
}

/** @param commits that shared a transaction. @param durationMs until its answer */
export type OnCommitted = (commits: number, durationMs: number) => void;

export type Settled<Result> = { ok: true; value: Result } | { ok: false; error: Error };

interface Entry<Item, Result> {
  item: Item;
  promise: Promise<Result>;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

function settle<Item, Result>(entry: Entry<Item, Result>, result: Settled<Result> | undefined): void {
  if (result === undefined) entry.reject(new Error("the batch has no result for this item"));
  else if (result.ok) entry.resolve(result.value);
  else entry.reject(result.error);
}
