import type { Budget, BudgetKind, BudgetLimits, BudgetUse } from "../budget.ts";

/** @returns the limits by today's names; of a limit given twice, the smaller. */
export function budgetLimits(budget: Budget): BudgetLimits {
  const { maxSteps, maxTokens, maxDurationMs, ...limits } = budget;
  return smallerLimits(limits, {
    ...(maxSteps !== undefined && { steps: maxSteps }),
    ...(maxTokens !== undefined && { tokens: maxTokens }),
    ...(maxDurationMs !== undefined && { durationMs: maxDurationMs }),
  });
}

const LIMIT_NAMES = ["steps", "tokens", "durationMs", "costUsd"] as const;

/** @returns limits that hold both. */
export function smallerLimits(a: BudgetLimits, b: BudgetLimits): BudgetLimits {
  const limits: BudgetLimits = {};
  for (const name of LIMIT_NAMES) {
    const smaller = Math.min(a[name] ?? Infinity, b[name] ?? Infinity);
    if (smaller !== Infinity) limits[name] = smaller;
  }
  return limits;
}

/** E.g. `$0.05`, `$12.40`, `$0.00012`. */
export function usdText(amount: number): string {
  if (amount >= 1) {
    return `$${amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  }
  if (amount > 0 && amount < 0.000_001) return "<$0.000001";
  return `$${amount.toLocaleString("en-US", { maximumSignificantDigits: 3, maximumFractionDigits: 6 })}`;
}

/** E.g. `50 steps`, `1,200 tokens`, `90 s`, `$0.05`. */
export function budgetAmount(budget: BudgetKind, amount: number): string {
  if (budget === "cost") return usdText(amount);
  if (budget === "duration") return `${(Math.round(amount / 100) / 10).toLocaleString("en-US")} s`;
  return `${amount.toLocaleString("en-US")} ${amount === 1 ? budget.slice(0, -1) : budget}`;
}

/** E.g. `the task's budget`, `this month's budget of the project`. */
export function budgetName({ scope = "task", period, ofTaskId }: BudgetUse): string {
  if (ofTaskId !== undefined) return "the budget of the task that started this one";
  return period === "month" ? `this month's budget of the ${scope}` : `the ${scope}'s budget`;
}

/** E.g. `82 % of the task's budget is used: $0.041 of $0.05`. */
export function budgetNote(use: BudgetUse): string {
  const { budget, limit, spent } = use;
  const isCount = budget === "steps" || budget === "tokens";
  const used = isCount ? spent.toLocaleString("en-US") : budgetAmount(budget, spent);
  const isUsedUp = spent >= limit;
  const share = isUsedUp ? "All" : `${Math.floor((spent / limit) * 100)} %`;
  return `${share} of ${budgetName(use)} is used: ${used} of ${budgetAmount(budget, limit)}`;
}
