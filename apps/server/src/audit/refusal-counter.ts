import type { AuditEvent } from "./port.ts";

type Refusal = Omit<AuditEvent, "decision">;

/** How long repetitions are only counted. */
const WINDOW_MS = 60_000;
/** Kinds of refusals of one caller that a window tells apart; callers without credentials are one caller together. */
const MAX_KINDS = 20;
/** Callers that a window tells apart. */
const MAX_CALLERS = 1_000;

interface Counted {
  refusal: Refusal;
  /** Those that have no entry yet. */
  count: number;
}

/**
 * Whoever is refused can be refused again, a thousand times a second: what a window writes is bounded, at an entry for
 * each kind when it begins and one when it ends. Each caller has a budget of their own, so nobody can fill the trail, or
 * hide in the crowd, by making others run out.
 */
export class RefusalCounter {
  readonly #store: (refusal: Refusal, count: number) => Promise<void>;
  /** Kinds of refusals, for each caller. */
  readonly #callers = new Map<string, Map<string, Counted>>();
  #timer: NodeJS.Timeout | undefined;
  #stored: Promise<unknown> = Promise.resolve();

  constructor(store: (refusal: Refusal, count: number) => Promise<void>) {
    this.#store = store;
  }

  add(refusal: Refusal): void {
    this.#timer ??= setTimeout(() => this.#endWindow(), WINDOW_MS).unref();
    const kinds = this.#kindsOf(refusal);
    const kind = [refusal.by?.address ?? refusal.address, refusal.action, refusal.detail].join(" ");
    const known = kinds.get(kind);
    if (known !== undefined) {
      known.count += 1;
    } else if (kinds.size < MAX_KINDS) {
      kinds.set(kind, { refusal, count: 0 });
      this.#put(refusal, 1);
    } else {
      this.#countFurther(kinds, refusal);
    }
  }

  async close(): Promise<void> {
    this.#endWindow();
    await this.#stored;
  }

  #kindsOf({ by }: Refusal): Map<string, Counted> {
    const known = this.#callers.get(by?.userId ?? NOBODY);
    if (known !== undefined) return known;
    // So many users are refused in one minute only where somebody adds them for it.
    const caller = this.#callers.size < MAX_CALLERS ? (by?.userId ?? NOBODY) : NOBODY;
    const kinds = this.#callers.get(caller) ?? new Map<string, Counted>();
    this.#callers.set(caller, kinds);
    return kinds;
  }

  /** Beyond the budget: who it was and what for are still told, from where is not. */
  #countFurther(kinds: Map<string, Counted>, { by, action }: Refusal): void {
    const isTold = kinds.has(`${FURTHER} ${action}`) || kinds.size < 2 * MAX_KINDS;
    const refusal: Refusal = { by, action: isTold ? action : "others", detail: FURTHER };
    const kind = `${FURTHER} ${refusal.action}`;
    const known = kinds.get(kind);
    if (known === undefined) kinds.set(kind, { refusal, count: 1 });
    else known.count += 1;
  }

  #endWindow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const kinds of new Set(this.#callers.values())) {
      for (const { refusal, count } of kinds.values()) if (count > 0) this.#put(refusal, count);
    }
    this.#callers.clear();
  }

  #put(refusal: Refusal, count: number): void {
    this.#stored = Promise.all([this.#stored, this.#store(refusal, count)]);
  }
}

const FURTHER = "further kinds, counted together";
/** Callers without credentials. */
const NOBODY = "";
