import type { Tool } from "../tools/port.ts";
import { checkStepBudget, type EffectiveBudget } from "./budget-meter.ts";
import { compactIfNearlyFull } from "./compaction.ts";
import type { ModelDeps, PreparedStep } from "./step.ts";
import { SYSTEM_PROMPT } from "./system-prompt.ts";
import { toolDefinition } from "./tool-definitions.ts";

export interface StepDeps extends ModelDeps {
  limits: EffectiveBudget;
  tools: readonly Tool[];
}

/**
 * The one place that decides what the next model call is: whether the task may make one, what of the conversation still
 * fits, and which tools there are.
 * @throws BudgetExceeded; what a summary's model call throws
 */
export async function prepareStep(deps: StepDeps): Promise<PreparedStep> {
  const { state, limits, tools, model } = deps;
  checkStepBudget(limits, state.progress);
  // A summary costs tokens, too.
  if (await compactIfNearlyFull(deps)) checkStepBudget(limits, state.progress);
  return {
    step: state.progress.steps + 1,
    prompt: state.transcript.prompt(SYSTEM_PROMPT, model.name),
    tools,
    definitions: tools.map(toolDefinition),
  };
}
