import type { EventDataOf, TaskError } from "@trunkline/contract";

/** Ends a run as failed, with an error that the task's owner reads. */
export class RunFailure extends Error {
  override readonly name = "RunFailure";
  readonly error: TaskError;

  constructor(error: TaskError, options?: ErrorOptions) {
    super(error.message, options);
    this.error = error;
  }
}

/** Ends a run because a bound of its task is reached. */
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
  steps: (limit) => `The task has used its ${limit} steps. Send a follow-up to let it go on`,
  tokens: (limit) => `The task has used its ${limit} tokens. Send a follow-up to let it go on`,
  duration: (limit) =>
    `The task has used its ${Math.round(limit / 100) / 10} s of time. Send a follow-up to let it go on`,
};
