import { MAX_PARALLEL_SUBAGENTS, type ToolCall } from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import type { CallPlan } from "./call-permission.ts";
import type { SubagentRequest, Waits } from "./port.ts";
import type { CallDeps } from "./tool-call.ts";

/**
 * Starts the subagents of the next calls, if those are for subagents: neighbours that only read together, one that may
 * change something alone. Each is in the task's log before it exists, so that a crash in between starts none twice.
 * @returns that the task waits for them; null if the next call is for none.
 */
export async function startSubagents(
  deps: CallDeps,
  calls: readonly ToolCall[],
  planOf: (call: ToolCall) => CallPlan,
): Promise<Waits | null> {
  const { state, subagents, files } = deps;
  const requests = together(calls, planOf);
  if (requests.length === 0 || subagents === undefined) return null;
  if (files !== undefined && requests.some(({ mayChange }) => mayChange)) {
    await state.record(...(await files.willWrite()));
  }
  const inherited = {
    readsUntrusted: state.ledger.hasReadUntrusted,
    rules: state.ledger.carried.rules ?? [],
  };
  const children = [];
  for (const request of requests) {
    const { callId, title } = request;
    if (state.subagents.openFor(callId) === undefined) {
      const ids = { callId, sessionId: uuidv7(), taskId: uuidv7() };
      await state.record({ type: "subagent.started", data: { ...ids, title } });
    }
    const child = state.subagents.openFor(callId);
    if (child === undefined) continue;
    if (!state.subagents.wasCreated(callId)) await subagents.start(child, request, inherited);
    children.push(child);
  }
  return { approvals: [], questions: [], children };
}

function together(calls: readonly ToolCall[], planOf: (call: ToolCall) => CallPlan): SubagentRequest[] {
  const requests: SubagentRequest[] = [];
  for (const call of calls) {
    const plan = planOf(call);
    if (plan.type !== "subagent") break;
    const { request } = plan;
    if (request.mayChange && requests.length > 0) break;
    requests.push(request);
    if (request.mayChange || requests.length === MAX_PARALLEL_SUBAGENTS) break;
  }
  return requests;
}
