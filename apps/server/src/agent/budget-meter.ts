import {
  type Budget,
  budgetLimits,
  type BudgetLimits,
  smallerLimits,
  totalTokens,
} from "@trunkline/contract";
import type { Clock } from "./clock.ts";
import { DEFAULT_MAX_STEPS, MAX_STEPS, MAX_TASK_DURATION_MS, MAX_TASK_TOKENS } from "./limits.ts";
import { BudgetExceeded } from "./run-failure.ts";
import type { TaskProgress } from "./transcript/transcript.ts";

/** Without `costUsd`, money is not limited. */
export type EffectiveBudget = BudgetLimits & Required<Omit<BudgetLimits, "costUsd">>;

/** A task's limits: its own, capped by the operator's and the server's. */
export function effectiveBudget(budget: Budget, operators: BudgetLimits = {}): EffectiveBudget {
  const { steps = DEFAULT_MAX_STEPS, ...limits } = smallerLimits(budgetLimits(budget), operators);
  return {
    ...limits,
    steps: Math.min(steps, MAX_STEPS),
    tokens: Math.min(limits.tokens ?? MAX_TASK_TOKENS, MAX_TASK_TOKENS),
    durationMs: Math.min(limits.durationMs ?? MAX_TASK_DURATION_MS, MAX_TASK_DURATION_MS),
  };
}

/** @throws BudgetExceeded if the task may not take another step. */
export function checkStepBudget(budget: EffectiveBudget, { steps, usage }: TaskProgress): void {
  if (steps >= budget.steps) {
    throw new BudgetExceeded({ budget: "steps", limit: budget.steps, spent: steps });
  }
  const tokens = totalTokens(usage);
  if (tokens >= budget.tokens) {
    throw new BudgetExceeded({ budget: "tokens", limit: budget.tokens, spent: tokens });
  }
  const costUsd = usage.costUsd ?? 0;
  if (budget.costUsd !== undefined && costUsd >= budget.costUsd) {
    throw new BudgetExceeded({ budget: "cost", limit: budget.costUsd, spent: costUsd });
  }
}

export interface Deadline extends Disposable {
  /** Aborts with BudgetExceeded when the task's time is up. */
  signal: AbortSignal;
}

/** Starts the clock; time worked in earlier attempts counts. */
export function startDeadline(budget: EffectiveBudget, { workedMs }: TaskProgress, clock: Clock): Deadline {
  const timeUp = new AbortController();
  const disposed = new AbortController();
  const exceeded = (): void => {
    timeUp.abort(
      new BudgetExceeded({ budget: "duration", limit: budget.durationMs, spent: budget.durationMs }),
    );
  };
  const remainingMs = budget.durationMs - workedMs;
  if (remainingMs <= 0) exceeded();
  // Rejects on disposal, which stops the clock.
  else clock.wait(remainingMs, disposed.signal).then(exceeded, () => undefined);
  return { signal: timeUp.signal, [Symbol.dispose]: () => disposed.abort(DISPOSED) };
}

/** Shared, as one that `abort` makes itself costs as much as the rest of a short run's clock. */
const DISPOSED = new Error("the run has ended");
