import { type BudgetLimits, smallerLimits } from "@trunkline/contract";
import type { BudgetSettings } from "../config-file/sections/budgets.ts";
import type { BudgetKey, Store, StoredBudget } from "../store/port.ts";

/** How long another node's change may go unnoticed, in ms. */
const FRESH_MS = 2_000;
const MAX_KEPT = 1_000;

const NONE: StoredBudget = { total: {}, month: {} };

type PeriodScope = "session" | "project" | "user" | "server";

/** Which limits apply. Where none are set, asking costs a read every two seconds, for all tasks together. */
export class BudgetBook {
  readonly #store: Pick<Store, "budgets">;
  readonly #settings: BudgetSettings;
  readonly #now: () => number;
  #any: { value: Promise<boolean>; at: number } | null = null;
  readonly #kept = new Map<string, { value: Promise<StoredBudget[]>; at: number }>();

  constructor(store: Pick<Store, "budgets">, settings: BudgetSettings, now: () => number) {
    this.#store = store;
    this.#settings = settings;
    this.#now = now;
  }

  /** The operator's. */
  settingsOf(scope: PeriodScope): StoredBudget {
    const { total = {}, month = {} } = this.#settings[scope] ?? {};
    return { total, month };
  }

  /** @returns those of the keys that limit anything, with the operator's limits */
  async limitsOf(
    keys: readonly (BudgetKey & { scope: PeriodScope })[],
  ): Promise<(BudgetKey & StoredBudget)[]> {
    const stored = (await this.#areAny()) ? await this.#stored(keys) : [];
    return keys
      .map((key, index) => {
        const set = stored[index] ?? NONE;
        const { total, month } = this.settingsOf(key.scope);
        return {
          ...key,
          total: smallerLimits(total, set.total),
          month: smallerLimits(month, set.month),
        };
      })
      .filter(({ total, month }) => limitsAnything(total) || limitsAnything(month));
  }

  /** After a change by this node. */
  changed(): void {
    this.#any = null;
    this.#kept.clear();
  }

  async #areAny(): Promise<boolean> {
    const now = this.#now();
    if (this.#any === null || !isFresh(this.#any, now)) {
      this.#any = { value: this.#store.budgets.any(), at: now };
      this.#any.value.catch(() => this.changed());
    }
    return this.#any.value;
  }

  async #stored(keys: readonly BudgetKey[]): Promise<StoredBudget[]> {
    const name = JSON.stringify(keys.map(({ scope, id }) => [scope, id]));
    const now = this.#now();
    const kept = this.#kept.get(name);
    if (kept !== undefined && isFresh(kept, now)) return kept.value;
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    const value = this.#read(keys);
    this.#kept.set(name, { value, at: now });
    value.catch(() => this.changed());
    return value;
  }

  async #read(keys: readonly BudgetKey[]): Promise<StoredBudget[]> {
    const found = await this.#store.budgets.several(keys);
    return keys.map(({ scope, id }) => found.find((one) => one.scope === scope && one.id === id) ?? NONE);
  }
}

/** One from ahead was read before the clock was put back. */
function isFresh({ at }: { at: number }, now: number): boolean {
  return Math.abs(now - at) <= FRESH_MS;
}

export function limitsAnything(limits: BudgetLimits): boolean {
  return Object.values(limits).some((limit) => limit !== undefined);
}
