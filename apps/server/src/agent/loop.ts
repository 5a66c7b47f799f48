import { priceUsage } from "@trunkline/contract";
import { AttachedFiles, type ReadAttachment } from "./attached-files.ts";
import { type Deadline, effectiveBudget, startDeadline } from "./budget-meter.ts";
import { CallGuard } from "./call-guard.ts";
import { CallAsks, type HeldCall, type WithdrawQuestion } from "./held-call.ts";
import type { ParkedWork } from "./parked-work.ts";
import { continueCall } from "./tool-call.ts";
import { type Clock, systemClock } from "./clock.ts";
import { compactAfterOverflow } from "./compaction.ts";
import { ModelChain } from "./fall-back.ts";
import { InstructionFeed } from "./give-instructions.ts";
import { joinSignals } from "./joined-signal.ts";
import type { Instructions } from "../instructions/port.ts";
import { workOffCalls } from "./pending-calls.ts";
import type { BudgetedTask, Budgets, Prices } from "../usage/port.ts";
import type { RunInput, RunOutcome, RunTask, Waits } from "./port.ts";
import type { TaskProcesses } from "../tools/port.ts";
import { FULL, type Preset } from "./preset.ts";
import { prepareStep, type StepDeps } from "./prepare-step.ts";
import { ProviderFault } from "./provider-fault.ts";
import { BudgetExceeded, LimitReached, RunFailure } from "./run-failure.ts";
import { RunState } from "./run-state.ts";
import { type OnModelCall, takeStep } from "./step.ts";
import { systemPrompt } from "./system-prompt.ts";
import type { LastStep } from "./transcript/transcript.ts";

export interface LoopDeps {
  /** What calls leave running. Absent: nothing. */
  processes?: TaskProcesses;
  /** Absent: all tools. */
  preset?: Preset;
  clock?: Clock;
  /** Absent: no prices are known. */
  prices?: Prices;
  /** Absent: a task has its own budget alone. */
  budgets?: Budgets;
  /** Absent: a workspace's files give none. */
  instructions?: Instructions;
  /** What the owner of the session's project tells the model. Absent: nothing. */
  ownersWords?: (session: { sessionId: string; ownerId: string }) => Promise<string | null>;
  /** Reads attached files. Absent: none can be read. */
  readAttachment?: ReadAttachment;
  /** Told of each model call. */
  onModelCall?: OnModelCall;
  /** For calls that ask the user while they run. Absent: none can. */
  asking?: AskingCalls | undefined;
}

export interface AskingCalls {
  parked: ParkedWork<HeldCall>;
  withdraw: WithdrawQuestion;
}

/**
 * The agent loop: model, tools, model, until the model requests no more tools. It is stateless: the log says where a
 * task stands, so any attempt, on any server, resumes from the last completed step.
 */
export function createRunTask({
  preset = FULL,
  clock = systemClock,
  prices = noPrices,
  budgets,
  instructions,
  ownersWords,
  processes,
  readAttachment,
  onModelCall,
  asking,
}: LoopDeps = {}): RunTask {
  return async (input) => {
    const state = await RunState.read(input);
    const limits = effectiveBudget(input.budget, budgets?.taskLimits);
    using deadline = startDeadline(limits, state.progress, clock);
    using joined = joinSignals(input.signal, deadline.signal);
    const { signal } = joined;
    const feed = instructions && new InstructionFeed(instructions, input);
    if (input.files !== undefined && state.mayHaveFiles) await state.record(...(await input.files.begin()));
    const system = systemPrompt(preset.words, (await ownersWords?.(input)) ?? null);
    const attached = readAttachment && new AttachedFiles(input.ownerId, readAttachment);
    const task = budgetedTask(input);
    const spending = { limits, prices, budgets, task };
    const parts = {
      state,
      ...spending,
      clock,
      signal,
      instructions: feed,
      attached,
      system,
      preset,
      onModelCall,
    };
    const deps = { ...input, ...parts, asking };
    try {
      return await takeSteps(deps);
    } catch (error) {
      if (error instanceof CallAsks && asking !== undefined) return await hold(error, asking, input, state);
      return await outcomeOf(error, { signal: input.signal, deadline, state });
    } finally {
      // What they wrote since the last step is saved with the end of the run.
      const ended = (await processes?.endAll(input.taskId)) ?? 0;
      if (ended > 0) await input.files?.willWrite();
    }
  };
}

const noPrices: Prices = { price: async (_model, usage) => priceUsage(usage, null) };

/** A task as budgets know it. */
export function budgetedTask(input: RunInput): BudgetedTask {
  const { taskId, sessionId, ownerId, projectId = null, parentTaskId = null, budget } = input;
  return { taskId, sessionId, ownerId, projectId, parentTaskId, budget };
}

type RunDeps = RunInput & Omit<StepDeps, "tools"> & { preset: Preset; asking: AskingCalls | undefined };

async function takeSteps(deps: RunDeps): Promise<RunOutcome> {
  const { state, sessionId, ownerId, workspace, signal } = deps;
  const guard = new CallGuard();
  const chain = new ModelChain(deps, state);
  await goOnWithCall(deps, guard);
  for (let overflows = 0; ;) {
    await state.takeInSteering();
    const offered = await deps.tools.toolsOf({ sessionId, ownerId, workspace }, signal);
    // What is not in the list can't be called either.
    const tools = offered.filter(
      (tool) => deps.preset.uses(tool) && (tool.subagent === undefined || deps.subagents !== undefined),
    );
    let waits: Waits | null = null;
    // A task's first step has none, and short tasks no other: the rules are read where they decide something.
    if (state.progress.pendingCalls.length > 0) {
      const policy = await deps.policy.policyOf({ sessionId, ownerId });
      const { withdraw } = deps.asking ?? {};
      const callDeps = { ...deps, tools, policy, ledger: state.ledger, withdraw };
      waits = await workOffCalls(callDeps, state.progress, guard);
    }
    if (deps.files !== undefined) await state.record(...(await deps.files.save("step")));
    if (waits !== null) return { type: "input-required", ...waits };
    const { lastStep } = state.progress;
    if (lastStep !== null && lastStep.toolCalls.length === 0 && !lastStep.isSteered) {
      return { type: "completed", result: await finish(state, lastStep) };
    }
    const stepDeps = { ...deps, model: chain.current, tools };
    try {
      const last = await takeStep(stepDeps, await prepareStep(stepDeps));
      if (last !== null) return { type: "completed", result: last.text, events: last.events };
      overflows = 0;
    } catch (error) {
      // All other faults were retried and ended as a failure.
      if (!(error instanceof ProviderFault)) {
        await chain.next(error);
        continue;
      }
      overflows += 1;
      await compactAfterOverflow(stepDeps, overflows);
    }
  }
}

/** The task waits, and the call with it. */
async function hold(
  { call, request }: CallAsks,
  { parked }: AskingCalls,
  input: RunInput,
  { lastSeq }: RunState,
): Promise<RunOutcome> {
  const { signal } = input;
  if (signal.aborted) await call.end();
  signal.throwIfAborted();
  await parked.park(input, call, lastSeq);
  return { type: "input-required", approvals: [], questions: [request] };
}

/** A call that asked goes on with the answer, if it still runs here. */
async function goOnWithCall(deps: RunDeps, guard: CallGuard): Promise<void> {
  const { state, taskId, asking, policy: source, sessionId, ownerId } = deps;
  const held = asking?.parked.take(taskId) ?? null;
  for (const call of state.openCalls) {
    const { callId } = call;
    const answered = state.cutOffAnswers.lastAnswerTo(callId);
    if (held?.callId === callId) {
      held.answer(answered?.given ?? null);
      const policy = await source.policyOf({ sessionId, ownerId });
      const callDeps = { ...deps, tools: [], policy, ledger: state.ledger };
      guard.note(call, await continueCall(callDeps, held));
    } else {
      const unheardQuestionId =
        answered === undefined || answered.given === null ? undefined : answered.questionId;
      const output = unheardQuestionId === undefined ? CUT_OFF : CUT_OFF_ANSWERED;
      const data = { callId, status: "interrupted", output, durationMs: 0, unheardQuestionId } as const;
      await state.record({ type: "tool.ended", data });
    }
  }
}

const CUT_OFF =
  "This call was cut off while it waited for the user: the server was restarted, or another one took over the task.";
const CUT_OFF_ANSWERED =
  `${CUT_OFF} It never got their answer, which is kept. ` +
  "If the call is still needed, make it again with the same input: it gets that answer if it asks the same.";

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
export async function outcomeOf(
  error: unknown,
  { signal, deadline, state }: { signal: AbortSignal; deadline: Deadline; state: RunState },
): Promise<RunOutcome> {
  signal.throwIfAborted();
  if (error instanceof LimitReached) {
    return { type: "input-required", approvals: [], questions: [], limit: error.limit };
  }
  if (error instanceof RunFailure) return { type: "failed", reason: error.reason, error: error.error };
  const exceeded: unknown = deadline.signal.aborted ? deadline.signal.reason : error;
  if (!(exceeded instanceof BudgetExceeded)) throw error;
  await state.record({ type: "budget.exceeded", data: exceeded.data });
  return { type: "failed", reason: "budget", error: exceeded.toTaskError() };
}
