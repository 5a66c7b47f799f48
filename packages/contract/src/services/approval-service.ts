import type { AnswerApprovalInput, Approval, ApprovalPage, ListApprovalsInput } from "../approval.ts";
import type { Principal } from "../principal.ts";

/** Every method throws TrunklineError; `not_found` also if the approval or session is somebody else's. */
export interface ApprovalService {
  /** The open ones. */
  list(principal: Principal, input: ListApprovalsInput): Promise<ApprovalPage>;
  /**
   * Resolves once the answer is committed; the task then resumes. Repeating the same decision returns the same result.
   * @throws `approval_closed` if it was decided otherwise, has expired, or its task has ended
   */
  answer(principal: Principal, input: AnswerApprovalInput): Promise<Approval>;
}
