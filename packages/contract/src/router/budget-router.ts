import { BudgetRef, BudgetState, SetBudgetInput } from "../budget.ts";
import { UsageQuery, UsageReport } from "../usage-report.ts";
import { procedure, router } from "./procedure.ts";

export const usageRouter = router({
  query: procedure
    .input(UsageQuery)
    .output(UsageReport)
    .query(({ ctx, input }) => ctx.services.usage.query(ctx.principal, input)),
});

export const budgetRouter = router({
  get: procedure
    .input(BudgetRef)
    .output(BudgetState)
    .query(({ ctx, input }) => ctx.services.budgets.get(ctx.principal, input)),
  set: procedure
    .input(SetBudgetInput)
    .output(BudgetState)
    .mutation(({ ctx, input }) => ctx.services.budgets.set(ctx.principal, input)),
});
