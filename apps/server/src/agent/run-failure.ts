import type { EventDataOf, TaskError } from "@trunkline/contract";
import { MAX_STEP_LENGTH } from "./limits.ts";
import type { Waits } from "./port.ts";

/** Ends a run as failed, with an error for the task's owner. */
export class RunFailure extends Error {
  override readonly name = "RunFailure";
  readonly error: TaskError;

  constructor(error: TaskError, options?: ErrorOptions) {
    super(error.message, options);
    this.error = error;
  }
}

/** The provider accepts no calls for so long that the task should wait without a slot. */
export class LimitReached extends Error {
  override readonly name = "LimitReached";
  readonly limit: NonNullable<Waits["limit"]>;

  constructor(limit: NonNullable<Waits["limit"]>, options?: ErrorOptions) {
    super(limit.message, options);
    this.limit = limit;
  }
}

/** Ends a run because a limit of its task is reached. */
export class BudgetExceeded extends Error {
  override readonly name = "BudgetExceeded";
  readonly data: EventDataOf<"budget.exceeded">;

  constructor(data: EventDataOf<"budget.exceeded">) {
    super(`budget exceeded: ${data.budget}`);
    this.data = data;
  }

  toTaskError(): TaskError {
    return {
      code: "budget_exceeded",
      message: BUDGET_MESSAGES[this.data.budget](this.data.limit),
      retryable: false,
    };
  }
}

const BUDGET_MESSAGES: Record<EventDataOf<"budget.exceeded">["budget"], (limit: number) => string> = {
  steps: (limit) => `The task reached its limit of ${limit} steps. Send a follow-up to continue`,
  tokens: (limit) => `The task reached its limit of ${limit} tokens. Send a follow-up to continue`,
  duration: (limit) =>
    `The task reached its time limit of ${Math.round(limit / 100) / 10} s. Send a follow-up to continue`,
};

/** The answer is longer than anything useful. */
export function outputTooLong(): RunFailure {
  return new RunFailure({
    code: "provider_output_too_long",
    message: `The model said more than ${MAX_STEP_LENGTH} characters in one step`,
    retryable: false,
  });
}
