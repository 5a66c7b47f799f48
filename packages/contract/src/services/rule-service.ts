import type { Principal } from "../principal.ts";
import type { ApprovalRule, CreateRuleInput, DeleteRuleInput, ListRulesInput, RuleList } from "../rule.ts";

/**
 * Rules of the caller, which hold in the caller's own sessions alone. Every method throws TrunklineError; `not_found` also if
 * a rule, session or project is somebody else's.
 */
export interface RuleService {
  /** Also the operator's. */
  list(principal: Principal, input: ListRulesInput): Promise<RuleList>;
  /** Holds from the next call on, in tasks that run, too. */
  create(principal: Principal, input: CreateRuleInput): Promise<ApprovalRule>;
  /**
   * Returns it as it was.
   * @throws `forbidden` for an operator's, which stands in the configuration file
   */
  delete(principal: Principal, input: DeleteRuleInput): Promise<ApprovalRule>;
}
