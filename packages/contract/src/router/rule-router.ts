import { ApprovalRule, CreateRuleInput, DeleteRuleInput, ListRulesInput, RuleList } from "../rule.ts";
import { procedure, router } from "./procedure.ts";

export const ruleRouter = router({
  list: procedure
    .input(ListRulesInput)
    .output(RuleList)
    .query(({ ctx, input }) => ctx.services.rules.list(ctx.principal, input)),
  create: procedure
    .input(CreateRuleInput)
    .output(ApprovalRule)
    .mutation(({ ctx, input }) => ctx.services.rules.create(ctx.principal, input)),
  delete: procedure
    .input(DeleteRuleInput)
    .output(ApprovalRule)
    .mutation(({ ctx, input }) => ctx.services.rules.delete(ctx.principal, input)),
});
