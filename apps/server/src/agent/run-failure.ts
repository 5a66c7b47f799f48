import { type BudgetUse, budgetAmount, budgetNote, type TaskError } from "@trunkline/contract";
import type { Waits } from "./port.ts";

/** Ends a run as failed, with an error for the task's owner. */
export class RunFailure extends Error {
  override readonly name = "RunFailure";
  readonly error: TaskError;
  readonly reason: "error" | "budget";

  constructor(
    error: TaskError,
    { reason = "error", ...options }: ErrorOptions & { reason?: RunFailure["reason"] } = {},
  ) {
    super(error.message, options);
    this.error = error;
    this.reason = reason;
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
  readonly data: BudgetUse;

  constructor(data: BudgetUse) {
    super(`budget exceeded: ${data.budget}`);
    this.data = data;
  }

  toTaskError(): TaskError {
    return { code: "budget_exceeded", message: messageOf(this.data), retryable: false };
  }
}

function messageOf(use: BudgetUse): string {
  const { budget, limit, scope = "task", period, ofTaskId } = use;
  const amount = budgetAmount(budget, limit);
  if (ofTaskId !== undefined) return `The task that started this one reached its budget of ${amount}`;
  if (scope === "task") {
    const bound = budget === "duration" ? "time limit" : budget === "cost" ? "budget" : "limit";
    return `The task reached its ${bound} of ${amount}. Send a follow-up to continue, or retry it with a larger budget`;
  }
  const who = scope === "user" || scope === "server" ? "An admin can raise it" : "Raise it";
  const wait = period === "month" ? ", or wait for the next month" : "";
  return `${budgetNote(use)}. ${who} (trunkline budget, or PATCH /api/budget)${wait}; then retry the task`;
}

/** Money is limited, and nobody knows what the model costs. */
export function priceUnknown(model: string): RunFailure {
  const error = {
    code: "price_unknown",
    message:
      `No price is known for '${model}', so a budget in US dollars can't be kept. Use another model, or set its price in ` +
      `trunkline.config.json: "prices": { "${model}": { "inputUsdPerMillion": …, "outputUsdPerMillion": … } }`,
    retryable: false,
  };
  return new RunFailure(error, { reason: "budget" });
}
