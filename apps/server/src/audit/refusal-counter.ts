import type { AuditEvent } from "./port.ts";

type Refusal = Omit<AuditEvent, "decision">;

/** How long repetitions are counted before an entry is written. */
const WINDOW_MS = 60_000;
/** Kinds of refusals per caller and window; callers without credentials count as one. */
const MAX_KINDS = 20;
/** Callers per window. */
const MAX_CALLERS = 1_000;

interface Counted {
  refusal: Refusal;
  /** Those without an entry yet. */
  count: number;
}

/**
 * A refused caller can be refused a thousand times a second, so writes per window are bounded: an entry for each kind
 * at its start and one at its end. Each caller has a separate budget, so nobody can fill the trail, or hide, by
 * exhausting that of others.
 */
export class RefusalCounter {
  readonly #store: (refusal: Refusal, count: number) => Promise<void>;
  /** Kinds of refusals per caller. */
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
    // Only a deliberate attack has that many refused users in a minute.
    const caller = this.#callers.size < MAX_CALLERS ? (by?.userId ?? NOBODY) : NOBODY;
    const kinds = this.#callers.get(caller) ?? new Map<string, Counted>();
    this.#callers.set(caller, kinds);
    return kinds;
  }

  /** Beyond the budget, entries still name the caller and the reason, but not the address. */
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
