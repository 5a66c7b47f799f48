import type { BudgetRef, BudgetService, BudgetState, Principal, Spent } from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import {
  type BudgetKey,
  GuardFailedError,
  type Spending,
  type Store,
  type StoredBudget,
} from "../store/port.ts";
import type { BudgetLedger } from "../usage/port.ts";
import { requireAdmin, requireSessionAccess, requireUser } from "./ownership.ts";
import { requireOwnProject, requireProject } from "./project-access.ts";

export interface BudgetServiceDeps {
  store: Store;
  budgets: BudgetLedger;
  audit: Audit;
  now: () => number;
}

/** Of a change that others keep getting ahead of. */
const MAX_TRIES = 10;

type Key = BudgetKey & { scope: BudgetRef["scope"] };

export function createBudgetService({ store, budgets, audit, now }: BudgetServiceDeps): BudgetService {
  /** @returns the budget's key, if the caller may see it. */
  async function visible(principal: Principal, { scope, id = "" }: BudgetRef): Promise<Key> {
    if (scope === "session") await requireSessionAccess(store, principal, id);
    else if (scope === "project") await requireProject(store, principal, id);
    else if (scope === "server") requireAdmin(principal);
    else return { scope, id: (await requireUser(store, principal, id || principal.userId)).id };
    return { scope, id };
  }

  async function changeable(principal: Principal, ref: BudgetRef): Promise<Key> {
    const key = await visible(principal, ref);
    if (key.scope === "project") await requireOwnProject(store, principal, key.id);
    // Whoever could raise their own would have none.
    if (key.scope === "user") requireAdmin(principal);
    return key;
  }

  async function storedAt(key: BudgetKey): Promise<StoredBudget> {
    const [stored] = await store.budgets.several([key]);
    return { total: stored?.total ?? {}, month: stored?.month ?? {} };
  }

  async function read(key: Key): Promise<BudgetState> {
    const { total, month } = await budgets.spent(key);
    return {
      scope: key.scope,
      id: key.id === "" ? null : key.id,
      ...(await storedAt(key)),
      operator: budgets.operatorLimits(key.scope),
      spent: { total: toSpent(total), month: toSpent(month) },
      monthEndsAt: budgets.monthEndsAt(),
    };
  }

  return {
    get: async (principal, ref) => read(await visible(principal, ref)),

    async set(principal, { total, month, ...ref }) {
      const key = await changeable(principal, ref);
      const target = key.id === "" ? "server" : key.id;
      const entry = audit.entry({ by: principal, action: "budget.set", target, decision: "allowed" });
      for (let tries = 1; ; tries++) {
        const was = await storedAt(key);
        const budget = { total: total ?? was.total, month: month ?? was.month };
        try {
          await store.budgets.set(key, budget, now(), entry, was);
          break;
        } catch (error) {
          // Somebody else has set the other half meanwhile.
          if (!(error instanceof GuardFailedError) || tries === MAX_TRIES) throw error;
        }
      }
      budgets.changed();
      // It may have been deleted meanwhile.
      await visible(principal, ref);
      return read(key);
    },
  };
}

function toSpent({ steps, tokens, workedMs, costUsd }: Spending): Spent {
  return { steps, tokens, durationMs: workedMs, costUsd };
}
