import { budgetName } from "@trunkline/contract";
import type { BudgetedTask, Budgets, LimitUse, Prices } from "../usage/port.ts";
import type { Clock } from "./clock.ts";
import type { ResolvedModel } from "./port.ts";
import { BudgetExceeded, priceUnknown } from "./run-failure.ts";
import type { RunState } from "./run-state.ts";

/** Share of a budget from which on a notice says how much is used; sums of cents are not exact. */
const NEARLY_USED = 0.8 - 1e-9;

/** Output of a call of which nothing is known yet, in tokens. */
const EXPECTED_OUTPUT = 2_000;
/** System prompt and tools, in tokens. */
const EXPECTED_BASE = 4_000;
const CHARACTERS_PER_TOKEN = 3;

/** Calls that count against one budget and run at the same time; more make it less exact. */
const CALLS_AT_ONCE = 64;

/** How often a task looks whether others have left something, in ms. */
const WAIT_MS = 300;

export interface BudgetDeps {
  /** Absent: there are none beside the task's own. */
  budgets?: Budgets | undefined;
  task: BudgetedTask;
  model: ResolvedModel;
  prices: Prices;
  state: RunState;
  clock: Clock;
  signal: AbortSignal;
}

/**
 * Makes sure that the next call may spend of all budgets that it counts against, and reserves what it may spend of those
 * that others spend as well. Where what others have reserved may use up the rest, it waits for them.
 * @throws BudgetExceeded; RunFailure if money is limited, and the model's price unknown
 */
export async function reserveFromBudgets(deps: BudgetDeps): Promise<void> {
  const { budgets, task, state, clock, signal } = deps;
  if (budgets === undefined) return;
  const read = async (): Promise<readonly LimitUse[]> => budgets.uses(task, state.spent(clock.date()));
  const uses = await read();
  if (uses.length === 0) return;
  assertNoneUsedUp(uses);
  const estimate = await estimateOf(
    deps,
    uses.some(({ use }) => use.budget === "cost"),
  );
  await warnOfBudgets(uses, budgets, state);
  if (!uses.some((limit) => mayBeUsedUp(limit, estimate))) return;
  await state.record({ type: "budget.reserved", data: estimate });
  for (let waited = false; ;) {
    const now = await read();
    assertNoneUsedUp(now);
    const taken = now.find(({ use, reserved }) => use.spent + reserved >= use.limit);
    if (taken === undefined) return;
    if (!waited) {
      const message = `Waiting for other tasks: their model calls may use the rest of ${budgetName(taken.use)}`;
      await state.record({ type: "notice", data: { level: "info", message } });
    }
    waited = true;
    await clock.wait(WAIT_MS * (0.5 + clock.random()), signal);
  }
}

/** Tells the task once of each budget that is nearly used. */
export async function warnOfBudgets(
  uses: readonly LimitUse[],
  budgets: Budgets,
  state: RunState,
): Promise<void> {
  for (const limit of uses) {
    if (limit.use.spent / limit.use.limit < NEARLY_USED || !(await budgets.warn(limit))) continue;
    await state.record({ type: "budget.warned", data: limit.use });
  }
}

/** Whether others' calls and this one, all at once, might use up the rest: only then is a reservation worth its event. */
function mayBeUsedUp(
  { use: { budget, limit, spent }, isShared }: LimitUse,
  estimate: { tokens: number; costUsd: number },
): boolean {
  const { tokens, costUsd } = estimate;
  const oneCall = { steps: 1, tokens, cost: costUsd, duration: 0 }[budget];
  return isShared && limit - spent < oneCall * CALLS_AT_ONCE;
}

/** Of several, the one that says most: the closest to the task. @throws BudgetExceeded */
export function assertNoneUsedUp(uses: readonly LimitUse[]): void {
  const usedUp = uses.find(({ use }) => use.spent >= use.limit);
  if (usedUp !== undefined) throw new BudgetExceeded(usedUp.use);
}

async function estimateOf(
  { model, prices, state, clock }: BudgetDeps,
  isPriced: boolean,
): Promise<{ tokens: number; costUsd: number }> {
  const { transcript } = state;
  const inputTokens =
    transcript.estimatedTokens ?? EXPECTED_BASE + Math.ceil(transcript.length / CHARACTERS_PER_TOKEN);
  const usage = { inputTokens, outputTokens: EXPECTED_OUTPUT };
  const { costUsd = null } = await prices.price(model, usage, clock.date());
  if (isPriced && costUsd === null) throw priceUnknown(model.name);
  return { tokens: inputTokens + EXPECTED_OUTPUT, costUsd: costUsd ?? 0 };
}
