import { NO_USAGE } from "@trunkline/contract";
import type { Tool } from "../tools/port.ts";
import type { InstructionFeed } from "./give-instructions.ts";
import { checkStepBudget, type EffectiveBudget } from "./budget-meter.ts";
import { compactIfNearlyFull } from "./compaction.ts";
import { priceUnknown } from "./run-failure.ts";
import { AttachedFiles } from "./attached-files.ts";
import { type ModelDeps, type PreparedStep, warning } from "./step.ts";
import { type BudgetDeps, reserveFromBudgets } from "./shared-budgets.ts";
import { SYSTEM_PROMPT } from "./system-prompt.ts";
import { toolDefinition } from "./tool-definitions.ts";

export interface StepDeps extends ModelDeps, BudgetDeps {
  limits: EffectiveBudget;
  tools: readonly Tool[];
  /** Absent: there are none. */
  instructions?: InstructionFeed | undefined;
  /** Absent: none can be read. */
  attached?: AttachedFiles | undefined;
  /** Absent: the agent's own. */
  system?: string;
}

/**
 * The one place that decides on the next model call: whether the budget allows it, what of the conversation fits, and
 * which tools there are.
 * @throws BudgetExceeded; errors of a summary's model call
 */
export async function prepareStep(deps: StepDeps): Promise<PreparedStep> {
  const { state, limits, tools, model, system = SYSTEM_PROMPT } = deps;
  checkStepBudget(limits, state.progress);
  await requirePrice(deps);
  await reserveFromBudgets(deps);
  // A summary costs tokens, too.
  if (await compactIfNearlyFull(deps)) checkStepBudget(limits, state.progress);
  // After a summary, which does not hold them.
  await deps.instructions?.give(state);
  const step = state.progress.steps + 1;
  return {
    step,
    prompt: await withAttachedFiles(deps, state.transcript.prompt(system, model.name), step === 1),
    tools,
    definitions: tools.map(toolDefinition),
  };
}

/** @param isFirst of the task: then its user is told of files that the model can't read. */
async function withAttachedFiles(
  { attached, model, state }: StepDeps,
  projected: PreparedStep["prompt"],
  isFirst: boolean,
): Promise<PreparedStep["prompt"]> {
  const files = attached ?? new AttachedFiles("", async () => null);
  const { prompt, notes } = await files.into(projected, model);
  if (isFirst) await state.record(...notes.map(warning));
  return prompt;
}

/** @throws RunFailure if money is limited, and the model's price unknown. */
async function requirePrice({ limits, model, prices, clock }: StepDeps): Promise<void> {
  if (limits.costUsd === undefined) return;
  const { costUsd } = await prices.price(model, NO_USAGE, clock.date());
  if (typeof costUsd !== "number") throw priceUnknown(model.name);
}
