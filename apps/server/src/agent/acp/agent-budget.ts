import { addUsage, NO_USAGE, totalTokens, type Usage } from "@trunkline/contract";
import type { BudgetedTask, Budgets, LimitUse, PricedModel, Prices } from "../../usage/port.ts";
import { checkStepBudget, type EffectiveBudget } from "../budget-meter.ts";
import type { Clock } from "../clock.ts";
import { BudgetExceeded, priceUnknown } from "../run-failure.ts";
import type { RunState } from "../run-state.ts";
import { assertNoneUsedUp, warnOfBudgets } from "../shared-budgets.ts";

export interface AgentBudgetDeps {
  limits: EffectiveBudget;
  /** Absent: there are none beside the task's own. */
  budgets?: Budgets | undefined;
  task: BudgetedTask;
  prices: Prices;
  clock: Clock;
  state: RunState;
}

/**
 * What an agent may spend in one attempt. Its calls are its own: nobody knows before one what it will take, so nothing is
 * reserved, and each agent that works at the same time may go over by the calls that it has under way.
 */
export class AgentBudget {
  readonly #deps: AgentBudgetDeps;
  readonly #reached = new AbortController();

  constructor(deps: AgentBudgetDeps) {
    this.#deps = deps;
  }

  /** Aborts with BudgetExceeded where a model call finds nothing left. */
  get signal(): AbortSignal {
    return this.#reached.signal;
  }

  /** @throws RunFailure if money is limited, and the model's price unknown */
  async requirePrice(model: PricedModel): Promise<void> {
    const { limits, prices, clock, state } = this.#deps;
    const isLimited =
      limits.costUsd !== undefined || (await this.#uses(state)).some(({ use }) => use.budget === "cost");
    if (!isLimited) return;
    const { costUsd } = await prices.price(model, NO_USAGE, clock.date());
    if (typeof costUsd !== "number") throw priceUnknown(model.name);
  }

  /** @param state of the attempt that the step is in. @throws BudgetExceeded if the task may not take another step */
  async beforeStep(state: RunState): Promise<void> {
    const { limits, budgets } = this.#deps;
    checkStepBudget(limits, state.progress);
    if (budgets === undefined) return;
    const uses = await this.#uses(state);
    assertNoneUsedUp(uses);
    await warnOfBudgets(uses, budgets, state);
  }

  /**
   * Before a model call; where nothing is left, the run ends.
   * @param untaken by calls that no step has yet
   * @returns why it may not be made; null: it may
   */
  async refusal(model: PricedModel, untaken: Usage): Promise<string | null> {
    const { limits, prices, clock, state } = this.#deps;
    try {
      const priced = await prices.price(model, untaken, clock.date());
      const usage = addUsage(state.progress.usage, priced);
      // The step that the call belongs to was counted when it began.
      checkStepBudget({ ...limits, steps: Infinity }, { ...state.progress, usage });
      const more: Partial<Record<string, number>> = {
        tokens: totalTokens(priced),
        cost: priced.costUsd ?? 0,
      };
      const uses = await this.#uses(state);
      assertNoneUsedUp(
        uses.map((limit) => {
          const { budget, spent } = limit.use;
          return { ...limit, use: { ...limit.use, spent: spent + (more[budget] ?? 0) } };
        }),
      );
      return null;
    } catch (error) {
      if (!(error instanceof BudgetExceeded)) throw error;
      this.#reached.abort(error);
      return error.toTaskError().message;
    }
  }

  /** By what steps have taken. */
  async #uses(state: RunState): Promise<readonly LimitUse[]> {
    const { budgets, task, clock } = this.#deps;
    return budgets === undefined ? [] : budgets.uses(task, state.spent(clock.date()));
  }
}
