import { type Deadline, effectiveBudget, startDeadline } from "./budget-meter.ts";
import { CallGuard } from "./call-guard.ts";
import { type Clock, systemClock } from "./clock.ts";
import { compactAfterOverflow } from "./compaction.ts";
import { InstructionFeed } from "./give-instructions.ts";
import type { Instructions } from "../instructions/port.ts";
import { workOffCalls } from "./pending-calls.ts";
import type { RunInput, RunOutcome, RunTask } from "./port.ts";
import { prepareStep, type StepDeps } from "./prepare-step.ts";
import { ProviderFault } from "./provider-fault.ts";
import { BudgetExceeded, LimitReached, RunFailure } from "./run-failure.ts";
import { RunState } from "./run-state.ts";
import { takeStep } from "./step.ts";
import { systemPrompt } from "./system-prompt.ts";
import type { LastStep } from "./transcript.ts";

export interface LoopDeps {
  clock?: Clock;
  /** Absent: a workspace's files give none. */
  instructions?: Instructions;
  /** What the owner of the session's project tells the model. Absent: nothing. */
  ownersWords?: (session: { sessionId: string; ownerId: string }) => Promise<string | null>;
}

/**
 * The agent loop: model, tools, model, until the model requests no more tools. It is stateless: the log says where a
 * task stands, so any attempt, on any server, resumes from the last completed step.
 */
export function createRunTask({ clock = systemClock, instructions, ownersWords }: LoopDeps = {}): RunTask {
  return async (input) => {
    const state = await RunState.read(input);
    const limits = effectiveBudget(input.budget);
    using deadline = startDeadline(limits, state.progress, clock);
    const signal = AbortSignal.any([input.signal, deadline.signal]);
    const feed = instructions && new InstructionFeed(instructions, input);
    const system = systemPrompt((await ownersWords?.(input)) ?? null);
    const deps = { ...input, state, limits, clock, signal, instructions: feed, system };
    try {
      return await takeSteps(deps);
    } catch (error) {
      return await outcomeOf(error, { signal: input.signal, deadline, state });
    }
  };
}

type RunDeps = RunInput & Omit<StepDeps, "tools">;

async function takeSteps(deps: RunDeps): Promise<RunOutcome> {
  const { state, sessionId, ownerId, workspace } = deps;
  const guard = new CallGuard();
  for (let overflows = 0; ;) {
    await state.takeInSteering();
    const tools = await deps.tools.toolsOf({ sessionId, ownerId, workspace });
    const waits = await workOffCalls({ ...deps, tools, ledger: state.ledger }, state.progress, guard);
    if (deps.files !== undefined) await state.record(...(await deps.files.save("step")));
    if (waits !== null) return { type: "input-required", ...waits };
    const { lastStep } = state.progress;
    if (lastStep !== null && lastStep.toolCalls.length === 0 && !lastStep.isSteered) {
      return { type: "completed", result: await finish(state, lastStep) };
    }
    const stepDeps = { ...deps, tools };
    try {
      await takeStep(stepDeps, await prepareStep(stepDeps));
      overflows = 0;
    } catch (error) {
      // All other faults were retried and ended as a failure.
      if (!(error instanceof ProviderFault)) throw error;
      overflows += 1;
      await compactAfterOverflow(stepDeps, overflows);
    }
  }
}

const CUT_ANSWERS: Partial<Record<LastStep["finishReason"], string>> = {
  length: "The answer was cut at the model's output limit",
  "content-filter": "The answer was cut by the provider's content filter",
};

async function finish(state: RunState, { text, finishReason }: LastStep): Promise<string> {
  const message = CUT_ANSWERS[finishReason];
  if (message !== undefined) await state.record({ type: "notice", data: { level: "warning", message } });
  return text;
}

/** @throws anything that is not an outcome of the run itself: the caller's abort, a lost store, a bug. */
async function outcomeOf(
  error: unknown,
  { signal, deadline, state }: { signal: AbortSignal; deadline: Deadline; state: RunState },
): Promise<RunOutcome> {
  signal.throwIfAborted();
  if (error instanceof LimitReached) {
    return { type: "input-required", approvals: [], questions: [], limit: error.limit };
  }
  if (error instanceof RunFailure) return { type: "failed", reason: "error", error: error.error };
  const exceeded: unknown = deadline.signal.aborted ? deadline.signal.reason : error;
  if (!(exceeded instanceof BudgetExceeded)) throw error;
  await state.record({ type: "budget.exceeded", data: exceeded.data });
  return { type: "failed", reason: "budget", error: exceeded.toTaskError() };
}
