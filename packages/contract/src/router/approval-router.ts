import { AnswerApprovalInput, Approval, ApprovalPage, ListApprovalsInput } from "../approval.ts";
import { procedure, router } from "./procedure.ts";

export const approvalRouter = router({
  list: procedure
    .input(ListApprovalsInput)
    .output(ApprovalPage)
    .query(({ ctx, input }) => ctx.services.approvals.list(ctx.principal, input)),
  answer: procedure
    .input(AnswerApprovalInput)
    .output(Approval)
    .mutation(({ ctx, input }) => ctx.services.approvals.answer(ctx.principal, input)),
});
