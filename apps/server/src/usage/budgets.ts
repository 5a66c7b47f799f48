import {
  type Budget,
  budgetLimits,
  type BudgetLimits,
  type BudgetUse,
  smallerLimits,
} from "@trunkline/contract";
import type { BudgetSettings } from "../config-file/sections/budgets.ts";
import type { Log } from "../log/port.ts";
import type { BudgetKey, Reservation, Spending, Store, UsageOf } from "../store/port.ts";
import { BudgetBook, limitsAnything } from "./budget-book.ts";
import { monthOf } from "./month.ts";
import type { BudgetedTask, BudgetLedger, Budgets, LimitUse } from "./port.ts";
import { addSpending, NO_SPENDING, SpendingMeter } from "./spending-meter.ts";

/** Tasks above a task that are looked at; there are fewer. */
const MAX_DEPTH = 16;

export interface BudgetDeps {
  store: Pick<Store, "budgets" | "usage">;
  settings?: BudgetSettings | undefined;
  append: Log["append"];
  now: () => number;
}

interface Spenders {
  /** @param from ms since the epoch; 0: ever */
  spent(from: number): Promise<Spending>;
  include(other: Reservation): boolean;
}

/** A task that started another one, directly or not. */
interface Ancestor {
  taskId: string;
  sessionId: string;
  limits: BudgetLimits;
}

/**
 * What is used of the budgets that a task's next call counts against, read from the ledger of completed calls and from the
 * reservations of running ones. A task reserves first and reads then, so of two that reserve at once each sees the other.
 */
export function createBudgets({ store, settings = {}, append, now }: BudgetDeps): Budgets & BudgetLedger {
  const book = new BudgetBook(store, settings, now);
  const meter = new SpendingMeter(store.usage, now);
  const { usage } = store;
  const taskLimits = settings.task ?? {};
  const limitsOfTask = (budget: Budget): BudgetLimits => smallerLimits(budgetLimits(budget), taskLimits);

  async function ancestorsOf({ sessionId, parentTaskId }: BudgetedTask): Promise<Ancestor[]> {
    const ancestors: Ancestor[] = [];
    let below = parentTaskId === null ? null : sessionId;
    for (let depth = 0; below !== null && depth < MAX_DEPTH; depth++) {
      const starter = await usage.starterOf(below);
      if (starter === undefined) break;
      const { taskId, sessionId: above, budgetJson } = starter;
      const limits = limitsOfTask(budgetJson === null ? {} : (JSON.parse(budgetJson) as Budget));
      ancestors.push({ taskId, sessionId: above, limits });
      below = above;
    }
    return ancestors;
  }

  /** Whose usage counts against the budget of a session, which includes those that its tasks started, a project, a user or all. */
  async function spendersOf({ scope, id }: BudgetKey): Promise<Spenders> {
    if (scope === "session") {
      const below = await usage.ofDescendants({ sessionId: id });
      return {
        spent: async (from) => {
          const started = from === 0 ? below : await usage.ofDescendants({ sessionId: id }, from);
          return addSpending(await meter.spent({ sessionId: id }, from), started.spent);
        },
        include: (other) => other.sessionId === id || below.sessionIds.includes(other.sessionId),
      };
    }
    const [of, include]: [UsageOf, Spenders["include"]] =
      scope === "project"
        ? [{ projectId: id }, (other) => other.projectId === id]
        : scope === "user"
          ? [{ ownerId: id }, (other) => other.ownerId === id]
          : ["everybody", () => true];
    return { spent: async (from) => meter.spent(of, from), include };
  }

  return {
    taskLimits,

    operatorLimits: (scope) => book.settingsOf(scope),
    monthEndsAt: () => monthOf(now()).to,
    changed: () => book.changed(),

    async uses(task, own) {
      const { taskId, sessionId, ownerId, projectId } = task;
      const ancestors = await ancestorsOf(task);
      const sessions = [sessionId, ...ancestors.map((ancestor) => ancestor.sessionId)];
      const periods = await book.limitsOf([
        ...sessions.map((id) => ({ scope: "session" as const, id })),
        ...(projectId === null ? [] : [{ scope: "project" as const, id: projectId }]),
        { scope: "user", id: ownerId },
        { scope: "server", id: "" },
      ]);
      const above = ancestors.filter((ancestor) => limitsAnything(ancestor.limits));
      const limits = limitsOfTask(task.budget);
      if (periods.length === 0 && above.length === 0 && !limitsAnything(limits)) return [];

      const earlier = earlierThan(await usage.reservations(), taskId);
      const uses: LimitUse[] = [];
      if (limitsAnything(limits)) {
        const below = await usage.ofDescendants({ taskId });
        uses.push(
          ...usesOf(limits, addSpending(own, below.spent), {
            key: { scope: "task", id: taskId },
            isShared: below.sessionIds.length > 0,
            reserved: reservedBy(earlier, (other) => below.sessionIds.includes(other.sessionId)),
            facts: {},
          }),
        );
      }
      for (const ancestor of above) {
        const below = await usage.ofDescendants({ taskId: ancestor.taskId });
        const spent = addSpending(await usage.ofTask(ancestor), below.spent);
        const isBelow = (other: Reservation): boolean =>
          other.taskId === ancestor.taskId || below.sessionIds.includes(other.sessionId);
        uses.push(
          ...usesOf(ancestor.limits, spent, {
            key: { scope: "task", id: ancestor.taskId },
            isShared: true,
            reserved: reservedBy(earlier, isBelow),
            sessionId: ancestor.sessionId,
            facts: { ofTaskId: ancestor.taskId },
          }),
        );
      }
      for (const { scope, id, total, month } of periods) {
        const key = { scope, id };
        const spenders = await spendersOf(key);
        const shared = { key, isShared: true, reserved: reservedBy(earlier, spenders.include) };
        if (limitsAnything(total)) {
          uses.push(...usesOf(total, await spenders.spent(0), { ...shared, facts: { scope } }));
        }
        if (limitsAnything(month)) {
          const spent = await spenders.spent(monthOf(now()).from);
          uses.push(...usesOf(month, spent, { ...shared, facts: { scope, period: "month" } }));
        }
      }
      return uses;
    },

    async spent(key) {
      const { spent } = await spendersOf(key);
      return { total: await spent(0), month: await spent(monthOf(now()).from) };
    },

    async warn({ use, key, sessionId }) {
      const period = use.period === "month" ? monthOf(now()).name : "total";
      const isFirst = await store.budgets.warn(key, `${period} ${use.budget}`, now());
      const { ofTaskId: taskId, ...data } = use;
      if (!isFirst || taskId === undefined || sessionId === undefined) return isFirst;
      await append(sessionId, [{ taskId, type: "budget.warned", data }]);
      return false;
    },
  };
}

/** Reservations that come before the task's own; none as long as it has none. */
function earlierThan(all: readonly Reservation[], taskId: string): Reservation[] {
  const own = all.find((reservation) => reservation.taskId === taskId);
  if (own === undefined) return [];
  return all.filter((other) => other.at < own.at || (other.at === own.at && other.taskId < own.taskId));
}

function reservedBy(all: readonly Reservation[], counts: (other: Reservation) => boolean): Spending {
  return all
    .filter(counts)
    .map(({ tokens, costUsd }) => ({ steps: 1, tokens, workedMs: 0, costUsd }))
    .reduce(addSpending, NO_SPENDING);
}

const DIMENSIONS = [
  ["steps", "steps", "steps"],
  ["tokens", "tokens", "tokens"],
  ["duration", "durationMs", "workedMs"],
  ["cost", "costUsd", "costUsd"],
] as const;

function usesOf(
  limits: BudgetLimits,
  spent: Spending,
  budget: {
    key: BudgetKey;
    isShared: boolean;
    reserved: Spending;
    sessionId?: string;
    facts: Pick<BudgetUse, "scope" | "period" | "ofTaskId">;
  },
): LimitUse[] {
  const { key, isShared, reserved, sessionId, facts } = budget;
  return DIMENSIONS.flatMap(([kind, limitName, spentName]) => {
    const limit = limits[limitName];
    if (limit === undefined) return [];
    const use: BudgetUse = { budget: kind, limit, spent: spent[spentName], ...facts };
    return [
      { use, key, isShared, reserved: reserved[spentName], ...(sessionId !== undefined && { sessionId }) },
    ];
  });
}
