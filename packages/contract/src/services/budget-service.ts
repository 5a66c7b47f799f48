import type { BudgetRef, BudgetState, SetBudgetInput } from "../budget.ts";
import type { Principal } from "../principal.ts";
import type { UsageQuery, UsageReport } from "../usage-report.ts";

export interface UsageService {
  /** The caller's, or everybody's. @throws `forbidden` for everybody's, if the caller is no admin */
  query(principal: Principal, input: UsageQuery): Promise<UsageReport>;
}

/** Every method throws TrunklineError; `not_found` also for somebody else's. */
export interface BudgetService {
  get(principal: Principal, input: BudgetRef): Promise<BudgetState>;
  /** @throws `forbidden` for a user's and the server's, if the caller is no admin, and for another's project */
  set(principal: Principal, input: SetBudgetInput): Promise<BudgetState>;
}
