import type { Audit } from "../../audit/port.ts";
import type { Log } from "../../log/port.ts";
import type { Store } from "../../store/port.ts";
import { createBudgets } from "../../usage/budgets.ts";
import { createBudgetService } from "../budgets.ts";
import { createUsageService } from "../usage.ts";

/** Usage and budgets over these rooms. */
export function spendingServices({ store, log, audit }: { store: Store; log: Log; audit: Audit }) {
  const now = Date.now;
  const budgets = createBudgets({ store, append: async (...args) => log.append(...args), now });
  return {
    usage: createUsageService({ store, now }),
    budgets: createBudgetService({ store, budgets, audit, now }),
  };
}
