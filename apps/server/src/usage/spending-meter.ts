import type { Spending, Store, UsageOf } from "../store/port.ts";

/** After this time what was spent is committed, on whatever node; ms. */
const SETTLED_MS = 60_000;
/** How much is read from the ledger at once, in ms. */
const SLICE_MS = 31 * 86_400_000;
const MAX_METERS = 1_000;

interface Meter {
  /** Of everything before `upTo`, which no longer changes. */
  sum: Spending;
  upTo: number;
  /** Advances one after the other. */
  advancing: Promise<void>;
}

/**
 * What was spent since a point in time. Reads the ledger once, and then only its last minutes, however much was spent.
 */
export class SpendingMeter {
  readonly #usage: Pick<Store["usage"], "spent" | "firstAt">;
  readonly #now: () => number;
  readonly #meters = new Map<string, Meter>();

  constructor(usage: Pick<Store["usage"], "spent" | "firstAt">, now: () => number) {
    this.#usage = usage;
    this.#now = now;
  }

  /** @param from ms since the epoch; 0: everything */
  async spent(of: UsageOf, from: number): Promise<Spending> {
    const meter = await this.#meter(of, from);
    const advanced = meter.advancing.then(async () => this.#advance(of, meter));
    // Whoever asks next reads on from there: that the store was away for a while is no reason to be without a budget for good.
    meter.advancing = advanced.catch(() => undefined);
    await advanced;
    const { sum, upTo } = meter;
    return addSpending(sum, await this.#usage.spent(of, { from: upTo }));
  }

  async #meter(of: UsageOf, from: number): Promise<Meter> {
    const key = JSON.stringify([of, from]);
    const known = this.#meters.get(key);
    // A clock that was put back writes what is spent now before `upTo`, where nobody would look for it.
    if (known !== undefined && known.upTo <= this.#now()) return known;
    this.#meters.delete(key);
    const upTo = from === 0 ? ((await this.#usage.firstAt(of)) ?? this.#now() - SETTLED_MS) : from;
    const meter = { sum: NO_SPENDING, upTo, advancing: Promise.resolve() };
    for (const oldest of this.#meters.keys()) {
      if (this.#meters.size < MAX_METERS) break;
      this.#meters.delete(oldest);
    }
    this.#meters.set(key, meter);
    return meter;
  }

  async #advance(of: UsageOf, meter: Meter): Promise<void> {
    const settled = this.#now() - SETTLED_MS;
    // Often enough that little is read each time, and seldom enough that this is not another read each time.
    if (settled - meter.upTo < SETTLED_MS) return;
    while (meter.upTo < settled) {
      const to = Math.min(meter.upTo + SLICE_MS, settled);
      const slice = await this.#usage.spent(of, { from: meter.upTo, to });
      meter.sum = addSpending(meter.sum, slice);
      meter.upTo = to;
    }
  }
}

export const NO_SPENDING: Spending = { steps: 0, tokens: 0, workedMs: 0, costUsd: 0 };

export function addSpending(a: Spending, b: Spending): Spending {
  return {
    steps: a.steps + b.steps,
    tokens: a.tokens + b.tokens,
    workedMs: a.workedMs + b.workedMs,
    costUsd: a.costUsd + b.costUsd,
  };
}
