/**
 * Batch while busy: what arrives while a batch is in flight shares the next one, and so does what one turn of the event
 * loop brings. After a batch there is a rest, a few times as long as the batch took: what comes meanwhile waits together,
 * unless there is one among it that may not wait. Light load finds no rest going on, heavy load grows the batches.
 */
export class GroupCommit<Item, Result> {
  readonly #commitBatch: (items: Item[]) => Promise<readonly Settled<Result>[]>;
  readonly #keyOf: (item: Item) => string;
  readonly #merge: (waiting: Item, next: Item) => Item | undefined;
  readonly #weightOf: (item: Item) => number;
  readonly #mayWait: (item: Item) => boolean;
  readonly #maxItems: number;
  readonly #maxWeight: number;
  #queue: Entry<Item, Result>[] = [];
  /** The newest waiting entry of each key: the only one that a further item may merge into without overtaking. */
  readonly #newest = new Map<string, Entry<Item, Result>>();
  #busy = false;
  /** Waiting items that may not wait for the end of a rest. */
  #urgent = 0;
  #endRest: (() => void) | undefined;
  #idle: (() => void)[] = [];

  /**
   * @param commitBatch must settle every item; where it rejects, all of the batch reject with it.
   * @param keyOf items of one key are committed in the order of `add`.
   * @param merge gives one item for two neighbours of a key that wait, or undefined where they must stay apart.
   * @param mayWait whether an item may wait for a rest to end, which it then does for `MAX_REST_MS` at most.
   * @param maxWeight of a batch; an item that is heavier goes alone.
   */
  constructor(options: {
    commitBatch: (items: Item[]) => Promise<readonly Settled<Result>[]>;
    keyOf: (item: Item) => string;
    merge: (waiting: Item, next: Item) => Item | undefined;
    weightOf: (item: Item) => number;
    mayWait: (item: Item) => boolean;
    maxItems: number;
    maxWeight: number;
  }) {
    this.#commitBatch = options.commitBatch;
    this.#keyOf = options.keyOf;
    this.#merge = options.merge;
    this.#weightOf = options.weightOf;
    this.#mayWait = options.mayWait;
    this.#maxItems = options.maxItems;
    this.#maxWeight = options.maxWeight;
  }

  /** @returns what became of the item, or of the one it was merged into. */
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
    if (!this.#mayWait(item)) this.#urgent += 1;
    if (!this.#isRestful) this.#endRest?.();
    if (!this.#busy) {
      this.#busy = true;
      setImmediate(() => void this.#drain());
    }
    return promise;
  }

  /** Resolves when nothing is waiting or in flight. */
  async whenIdle(): Promise<void> {
    if (!this.#busy && this.#queue.length === 0) return;
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

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const beganAt = performance.now();
      await this.#commitNext();
      const tookMs = performance.now() - beganAt;
      // Those who were just told are given the time to go on: what they add now belongs to the next batch.
      await new Promise(setImmediate);
      await this.#rest(Math.min(MAX_REST_MS, tookMs * REST_PER_WORK));
    }
    this.#busy = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #commitNext(): Promise<void> {
    const batch = this.#queue.splice(0, this.#batchLength());
    for (const { item } of batch) if (!this.#mayWait(item)) this.#urgent -= 1;
    for (const entry of batch) {
      const key = this.#keyOf(entry.item);
      if (this.#newest.get(key) === entry) this.#newest.delete(key);
    }
    try {
      const results = await this.#commitBatch(batch.map((entry) => entry.item));
      for (const [index, entry] of batch.entries()) settle(entry, results[index]);
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    }
  }

  /** Whether all that waits may go on waiting. */
  get #isRestful(): boolean {
    return this.#urgent === 0 && this.#queue.length < this.#maxItems;
  }

  async #rest(ms: number): Promise<void> {
    if (!this.#isRestful) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endRest = () => {
        clearTimeout(timer);
        // What else this turn of the event loop brings comes along.
        setImmediate(resolve);
      };
    });
    this.#endRest = undefined;
  }
}

/** Length of a rest, in lengths of the batch before it: a fifth of the time is spent on committing at the most. */
const REST_PER_WORK = 4;
const MAX_REST_MS = 2;

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
