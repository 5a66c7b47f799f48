import { leadingGroups } from "../common/ip-network.ts";
import type { AuditEvent } from "./port.ts";

type Refusal = Omit<AuditEvent, "decision">;

/** How long repetitions are counted before an entry is written. */
const WINDOW_MS = 60_000;
/** Kinds of refusals that are told, and actions under which others are counted together. */
interface Max {
  kinds: number;
  actions: number;
}

interface Callers {
  /** Those with a budget of their own per window. Only a deliberate attack has more. */
  most: number;
  /** Of each. */
  own: Max;
  /** Of all others. */
  others: Max;
}

const USERS: Callers = {
  most: 1_000,
  own: { kinds: 20, actions: 20 },
  others: { kinds: 20, actions: 20 },
};
/** Callers without credentials, who cost nothing: there can be more of them than users. */
const NETWORKS: Callers = {
  most: 50,
  own: { kinds: 5, actions: 0 },
  others: { kinds: 0, actions: 5 },
};

interface Counted {
  refusal: Refusal;
  /** Those without an entry yet. */
  count: number;
}

interface Budget {
  max: Max;
  /** Of whom entries tell that count several kinds together. */
  of: Pick<Refusal, "by" | "address">;
  kinds: Map<string, Counted>;
  further: Map<string, Counted>;
}

/**
 * A refused caller can be refused a thousand times a second, so writes per window are bounded: an entry for each kind
 * at its start and one at its end. Each user, and each network of callers without credentials, has a separate budget, so
 * nobody can fill the trail, or hide, by exhausting that of others. Only refusals of which an entry would say the same are
 * counted together.
 */
export class RefusalCounter {
  readonly #store: (refusal: Refusal, count: number) => Promise<void>;
  readonly #users = new Map<string, Budget>();
  readonly #networks = new Map<string, Budget>();
  #timer: NodeJS.Timeout | undefined;
  readonly #storing = new Set<Promise<void>>();

  constructor(store: (refusal: Refusal, count: number) => Promise<void>) {
    this.#store = store;
  }

  add(refusal: Refusal): void {
    this.#timer ??= setTimeout(() => this.#endWindow(), WINDOW_MS).unref();
    const budget = this.#budgetOf(refusal);
    const kind = kindOf(refusal);
    const known = budget.kinds.get(kind);
    if (known !== undefined) {
      known.count += 1;
    } else if (budget.kinds.size < budget.max.kinds) {
      budget.kinds.set(kind, { refusal, count: 0 });
      this.#put(refusal, 1);
    } else countFurther(budget, refusal.action);
  }

  async close(): Promise<void> {
    this.#endWindow();
    await Promise.all(this.#storing);
  }

  #budgetOf({ by, address }: Refusal): Budget {
    if (by !== null) {
      const { userId, name, scopes } = by;
      return budgetIn(this.#users, userId, USERS, { by: { userId, name, scopes } });
    }
    const network = networkOf(address ?? "");
    return budgetIn(this.#networks, network ?? "", NETWORKS, {
      by: null,
      ...(network && { address: network }),
    });
  }

  #endWindow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { kinds, further } of [...this.#users.values(), ...this.#networks.values()]) {
      for (const { refusal, count } of [...kinds.values(), ...further.values()]) {
        if (count > 0) this.#put(refusal, count);
      }
    }
    this.#users.clear();
    this.#networks.clear();
  }

  #put(refusal: Refusal, count: number): void {
    const stored = this.#store(refusal, count).finally(() => this.#storing.delete(stored));
    this.#storing.add(stored);
  }
}

const FURTHER = "further kinds, counted together";
/** Callers without a budget of their own; no user has this id, and no network this name. */
const OTHERS = "others";

/** @returns the key's or, where there are as many as may be, that of all others */
function budgetIn(
  budgets: Map<string, Budget>,
  key: string,
  { most, own, others }: Callers,
  of: Budget["of"],
): Budget {
  const known = budgets.get(key) ?? (budgets.size < most ? undefined : budgets.get(OTHERS));
  if (known !== undefined) return known;
  const hasOwn = budgets.size < most;
  const budget: Budget = {
    max: hasOwn ? own : others,
    of: hasOwn ? of : { by: null },
    kinds: new Map(),
    further: new Map(),
  };
  budgets.set(hasOwn ? key : OTHERS, budget);
  return budget;
}

function kindOf({ by, address, action, target, detail }: Refusal): string {
  return JSON.stringify([by?.userId, by?.tokenId, by?.address ?? address, action, target, detail]);
}

/** Beyond the budget, entries still name the user or network and the action, but neither token nor address: they are of many. */
function countFurther({ further, max, of }: Budget, action: string): void {
  const told = further.has(action) || further.size < max.actions ? action : OTHERS;
  const known = further.get(told);
  if (known !== undefined) known.count += 1;
  else further.set(told, { refusal: { ...of, action: told, detail: FURTHER }, count: 1 });
}

/**
 * What one stranger is likely to have: an IPv4 /24, or an IPv6 /48, which is what a site is given (RFC 6177). Of a /64 each,
 * it would have more than there are budgets.
 */
function networkOf(address: string): string | undefined {
  const groups = leadingGroups(address, { ipv4: 3, ipv6: 3 });
  if (address.includes(":")) return `${groups.join(":")}::/48`;
  return groups.length === 3 ? `${groups.join(".")}.0/24` : undefined;
}
