import { type Budget, totalTokens } from "@trunkline/contract";
import type { Clock } from "./clock.ts";
import { DEFAULT_MAX_STEPS, MAX_STEPS, MAX_TASK_DURATION_MS, MAX_TASK_TOKENS } from "./limits.ts";
import { BudgetExceeded } from "./run-failure.ts";
import type { TaskProgress } from "./transcript.ts";

export interface EffectiveBudget {
  steps: number;
  tokens: number;
  durationMs: number;
}

/** A task's limits: its own, capped by the server's. */
export function effectiveBudget(budget: Budget): EffectiveBudget {
  return {
    steps: Math.min(budget.maxSteps ?? DEFAULT_MAX_STEPS, MAX_STEPS),
    tokens: Math.min(budget.maxTokens ?? MAX_TASK_TOKENS, MAX_TASK_TOKENS),
    durationMs: Math.min(budget.maxDurationMs ?? MAX_TASK_DURATION_MS, MAX_TASK_DURATION_MS),
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
  return { signal: timeUp.signal, [Symbol.dispose]: () => disposed.abort() };
}
