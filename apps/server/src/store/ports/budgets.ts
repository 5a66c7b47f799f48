import type { BudgetLimits, BudgetScope } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";

export interface BudgetKey {
  scope: BudgetScope;
  /** Empty for the server's. */
  id: string;
}

/** Limits of what is spent at all, and in a calendar month. */
export interface StoredBudget {
  total: BudgetLimits;
  month: BudgetLimits;
}

export interface BudgetStore {
  /** Whether there are any. */
  any(): Promise<boolean>;
  /** Those that are set, in any order. */
  several(keys: readonly BudgetKey[]): Promise<(BudgetKey & StoredBudget)[]>;
  /**
   * Replaces it; warnings are given anew.
   * @param was what it replaces; absent: whatever there is
   * @throws GuardFailedError if it is another by now
   */
  set(
    key: BudgetKey,
    budget: StoredBudget,
    at: number,
    audit: AuditRecord,
    was?: StoredBudget,
  ): Promise<void>;
  /**
   * Notes that somebody was warned.
   * @param about what of the budget, e.g. `2026-11 cost`
   * @returns false to all but the first
   */
  warn(key: BudgetKey, about: string, at: number): Promise<boolean>;
}
