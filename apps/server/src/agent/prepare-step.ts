import type { Tool } from "../tools/port.ts";
import type { InstructionFeed } from "./give-instructions.ts";
import { checkStepBudget, type EffectiveBudget } from "./budget-meter.ts";
import { compactIfNearlyFull } from "./compaction.ts";
import type { ModelDeps, PreparedStep } from "./step.ts";
import { SYSTEM_PROMPT } from "./system-prompt.ts";
import { toolDefinition } from "./tool-definitions.ts";

export interface StepDeps extends ModelDeps {
  limits: EffectiveBudget;
  tools: readonly Tool[];
  /** Absent: there are none. */
  instructions?: InstructionFeed | undefined;
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
  // A summary costs tokens, too.
  if (await compactIfNearlyFull(deps)) checkStepBudget(limits, state.progress);
  // After a summary, which does not hold them.
  await deps.instructions?.give(state);
  return {
    step: state.progress.steps + 1,
    prompt: state.transcript.prompt(system, model.name),
    tools,
    definitions: tools.map(toolDefinition),
  };
}
