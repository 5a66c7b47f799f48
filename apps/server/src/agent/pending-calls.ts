import type { ToolCall } from "@trunkline/contract";
import type { CallGuard } from "./call-guard.ts";
import { type CallPlan, isDecided, planCall, waitsFor } from "./call-permission.ts";
import { MAX_PARALLEL_CALLS } from "./limits.ts";
import type { Waits } from "./port.ts";
import { startSubagents } from "./start-subagents.ts";
import { type CallDeps, type CallOutcome, settleCall, type SettledPlan } from "./tool-call.ts";
import type { LastStep, TaskProgress } from "./transcript/transcript.ts";

interface PlannedCall {
  call: ToolCall;
  plan: SettledPlan;
}

/**
 * Executes the calls of the last step in order; adjacent read-only calls run in parallel.
 * @returns what has to be answered first; null once all calls have results.
 */
export async function workOffCalls(
  deps: CallDeps,
  { pendingCalls, lastStep }: Pick<TaskProgress, "pendingCalls" | "lastStep">,
  guard: CallGuard,
): Promise<Waits | null> {
  const refusal = lastStep === null ? undefined : CUT_CALLS[lastStep.finishReason];
  let isSteered = lastStep?.isSteered === true;
  const planOf = (call: ToolCall): CallPlan => {
    if (refusal !== undefined) return { type: "refuse", output: refusal };
    return isSteered && !isDecided(deps, call) ? { type: "skip", output: STEERED } : planCall(deps, call);
  };
  for (let left = pendingCalls; left.length > 0;) {
    deps.signal.throwIfAborted();
    if (await deps.state.takeInSteering()) isSteered = true;
    const batch = takeBatch(left, planOf);
    if (batch.length === 0) return (await startSubagents(deps, left, planOf)) ?? waitsFor(deps, left);
    const outcomes = await settleTogether(deps, batch);
    for (const [index, { call }] of batch.entries()) {
      const outcome = outcomes[index];
      if (outcome !== undefined && outcome.status !== "canceled") guard.note(call, outcome);
    }
    left = left.slice(batch.length);
  }
  deps.signal.throwIfAborted();
  return null;
}

/** If the answer was cut off, its calls may be incomplete. */
const CUT_CALLS: Partial<Record<LastStep["finishReason"], string>> = {
  length: "Not run: the answer was cut at the model's output limit. Make smaller calls",
  "content-filter": "Not run: the answer was cut by the provider's content filter",
};

/** What the model asked for may not be what the user wants now. */
const STEERED = "Not run: the user sent a message first. Read it; call again what is still right";

/** @returns the first call and those after it that can run in parallel with it; none if it has to wait. */
function takeBatch(calls: readonly ToolCall[], planOf: (call: ToolCall) => CallPlan): PlannedCall[] {
  const batch: PlannedCall[] = [];
  for (const call of calls) {
    const plan = planOf(call);
    if (plan.type === "ask-approval" || plan.type === "ask-question" || plan.type === "subagent") break;
    const isAlone = !onlyReads(plan);
    if (isAlone && batch.length > 0) break;
    batch.push({ call, plan });
    if (isAlone) break;
  }
  return batch;
}

/** Such calls affect neither each other's results nor permissions. */
function onlyReads(plan: CallPlan): boolean {
  if (plan.type !== "execute") return false;
  const { effects, kind } = plan.prepared.tool;
  return effects.length === 0 && (kind === "read" || kind === "search");
}

/** @throws the first failure, once all calls have ended. */
async function settleTogether(deps: CallDeps, batch: readonly PlannedCall[]): Promise<CallOutcome[]> {
  const [first] = batch;
  if (first !== undefined && batch.length === 1) return [await settleCall(deps, first.call, first.plan)];
  const ending = new AbortController();
  const signal = AbortSignal.any([deps.signal, ending.signal]);
  const outcomes: CallOutcome[] = [];
  const queue = batch.entries();
  let failure: { error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (const [index, { call, plan }] of queue) {
      if (signal.aborted) return;
      try {
        outcomes[index] = await settleCall({ ...deps, signal }, call, plan);
      } catch (error) {
        failure ??= { error };
        ending.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: MAX_PARALLEL_CALLS }, worker));
  if (failure !== undefined) throw failure.error;
  return outcomes;
}
