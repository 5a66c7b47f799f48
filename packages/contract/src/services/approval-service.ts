import type { AnswerApprovalInput, Approval, ApprovalPage, ListApprovalsInput } from "../approval.ts";
import type { Principal } from "../principal.ts";

/** Every method throws TrunklineError: `not_found` also where the approval or session belongs to somebody else. */
export interface ApprovalService {
  /** Those that wait for an answer. */
  list(principal: Principal, input: ListApprovalsInput): Promise<ApprovalPage>;
  /**
   * Resolves once the answer is committed; the task then goes on by itself. The same decision again is answered as the
   * first time. @throws `approval_closed` where it was decided otherwise, has expired, or its task has ended
   */
  answer(principal: Principal, input: AnswerApprovalInput): Promise<Approval>;
}
