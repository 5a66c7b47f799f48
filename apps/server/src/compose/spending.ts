import type { Audit } from "../audit/port.ts";
import type { BudgetSettings } from "../config-file/sections/budgets.ts";
import type { Log } from "../log/port.ts";
import { createBudgetService } from "../services/budgets.ts";
import { createUsageService } from "../services/usage.ts";
import type { Store } from "../store/port.ts";
import { createBudgets } from "../usage/budgets.ts";

/** What tasks may spend, and who shows it. */
export function composeSpending(deps: {
  store: Store;
  settings: BudgetSettings | undefined;
  append: Log["append"];
  now: () => number;
}) {
  const { store, now } = deps;
  const budgets = createBudgets(deps);
  const spendingServices = (audit: Audit) => ({
    usage: createUsageService({ store, now }),
    budgets: createBudgetService({ store, budgets, audit, now }),
  });
  return { budgets, spendingServices };
}
