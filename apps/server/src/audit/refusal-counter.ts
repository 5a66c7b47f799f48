import type { AuditEvent } from "./port.ts";

type Refusal = Omit<AuditEvent, "decision">;

/** How long repetitions are counted before an entry is written. */
const WINDOW_MS = 60_000;
/** Kinds of refusals per caller and window; callers without credentials count as one. */
const MAX_KINDS = 20;
/** Callers with a budget of their own per window. */
const MAX_CALLERS = 1_000;

interface Counted {
  refusal: Refusal;
  /** Those without an entry yet. */
  count: number;
}

/**
 * A refused caller can be refused a thousand times a second, so writes per window are bounded: an entry for each kind
 * at its start and one at its end. Each caller has a separate budget, so nobody can fill the trail, or hide, by
 * exhausting that of others. Only refusals of which an entry would say the same are counted together.
 */
export class RefusalCounter {
  readonly #store: (refusal: Refusal, count: number) => Promise<void>;
  /** Kinds of refusals per caller. */
  readonly #callers = new Map<string, Map<string, Counted>>();
  #timer: NodeJS.Timeout | undefined;
  readonly #storing = new Set<Promise<void>>();

  constructor(store: (refusal: Refusal, count: number) => Promise<void>) {
    this.#store = store;
  }

  add(refusal: Refusal): void {
    this.#timer ??= setTimeout(() => this.#endWindow(), WINDOW_MS).unref();
    const caller = this.#callerOf(refusal);
    const kinds = this.#callers.get(caller) ?? new Map<string, Counted>();
    this.#callers.set(caller, kinds);
    const kind = kindOf(refusal);
    const known = kinds.get(kind);
    if (known !== undefined) {
      known.count += 1;
    } else if (kinds.size < MAX_KINDS) {
      kinds.set(kind, { refusal, count: 0 });
      this.#put(refusal, 1);
    } else {
      countFurther(kinds, caller === OTHERS ? { ...refusal, by: null } : refusal);
    }
  }

  async close(): Promise<void> {
    this.#endWindow();
    await Promise.all(this.#storing);
  }

  #callerOf({ by }: Refusal): string {
    const caller = by?.userId ?? NOBODY;
    if (caller === NOBODY || this.#callers.has(caller)) return caller;
    // Only a deliberate attack has that many refused users in a minute.
    return this.#callers.size < MAX_CALLERS ? caller : OTHERS;
  }

  #endWindow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const kinds of this.#callers.values()) {
      for (const { refusal, count } of kinds.values()) if (count > 0) this.#put(refusal, count);
    }
    this.#callers.clear();
  }

  #put(refusal: Refusal, count: number): void {
    const stored = this.#store(refusal, count).finally(() => this.#storing.delete(stored));
    this.#storing.add(stored);
  }
}

const FURTHER = "further kinds, counted together";
/** Callers without credentials. */
const NOBODY = "";
/** Users without a budget of their own; no user has this id. */
const OTHERS = "others";

function kindOf({ by, address, action, target, detail }: Refusal): string {
  return JSON.stringify([by?.userId, by?.tokenId, by?.address ?? address, action, target, detail]);
}

/** Beyond the budget, entries still name the caller and the action, but neither token nor address: they are of many. */
function countFurther(kinds: Map<string, Counted>, { by, action }: Refusal): void {
  const isTold = kinds.has(furtherOf(action)) || kinds.size < 2 * MAX_KINDS;
  const told = isTold ? action : "others";
  const kind = furtherOf(told);
  const known = kinds.get(kind);
  if (known !== undefined) {
    known.count += 1;
    return;
  }
  const caller = by && { userId: by.userId, name: by.name, scopes: by.scopes };
  kinds.set(kind, { refusal: { by: caller, action: told, detail: FURTHER }, count: 1 });
}

function furtherOf(action: string): string {
  return `${FURTHER} ${action}`;
}
