import type { Budget, BudgetLimits, BudgetRef, BudgetUse, Usage } from "@trunkline/contract";
import type { BudgetKey, Spending } from "../store/port.ts";

/** A model as prices are looked up for it. */
export interface PricedModel {
  /** Its name in the contract, e.g. `openai:gpt-5.5`. */
  readonly name: string;
  /** Whose prices apply. Absent: only those that the operator set. */
  readonly pricing?: {
    /** The provider's API; its owner's prices apply unless it is one that many providers speak. */
    kind: "openai-compatible" | "openai" | "anthropic" | "google";
    /** The provider's address. */
    address: string;
  };
}

export interface Prices {
  /**
   * @param at when it was used, ms since the epoch: some prices depend on the date
   * @returns the usage with its cost and the source of the price; `costUsd` null: no price is known
   */
  price(model: PricedModel, usage: Usage, at: number): Promise<Usage>;
}

export interface BudgetedTask {
  taskId: string;
  sessionId: string;
  ownerId: string;
  projectId: string | null;
  /** The task that started this one's session. */
  parentTaskId: string | null;
  /** Its own. */
  budget: Budget;
}

/** How much is used of one limit of a budget that a task's calls count against. */
export interface LimitUse {
  use: BudgetUse;
  key: BudgetKey;
  /** Other tasks spend it, too. */
  isShared: boolean;
  /** What other tasks reserved of it before this one, and may still spend. */
  reserved: number;
  /** Session of the task above that it belongs to. */
  sessionId?: string;
}

/** For whoever shows and sets budgets. */
export interface BudgetLedger {
  operatorLimits(scope: BudgetRef["scope"]): { total: BudgetLimits; month: BudgetLimits };
  /** Of a session, with those that its tasks started, of a project, a user or all: ever, and in this month. */
  spent(key: BudgetKey): Promise<{ total: Spending; month: Spending }>;
  /** When the current month ends, ms since the epoch. */
  monthEndsAt(): number;
  /** This node changed a budget. */
  changed(): void;
}

export interface Budgets {
  /** The operator's limits of each task. */
  readonly taskLimits: BudgetLimits;
  /** Limits of the task's own budget, of those that it shares, and of those of the tasks above it. @param own what it has spent itself */
  uses(task: BudgetedTask, own: Spending): Promise<readonly LimitUse[]>;
  /**
   * Notes that most of it is used. A task above is told in its own log.
   * @returns whether the task itself is to be told: it was not said before
   */
  warn(limit: LimitUse): Promise<boolean>;
}
