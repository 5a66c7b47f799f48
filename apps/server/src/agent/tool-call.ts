import { mkdir } from "node:fs/promises";
import type { NetworkRefusal, ToolCall } from "@trunkline/contract";
import { mayWrite, type RunFiles } from "../checkpoints/port.ts";
import type { ToolContext, ToolResult } from "../tools/port.ts";
import { findLinkOnTheWay } from "./link-on-the-way.ts";
import { type CallPlan, type PermissionDeps, withNote } from "./call-permission.ts";
import type { Clock } from "./clock.ts";
import { CallAsks, failed, HeldCall, type WithdrawQuestion } from "./held-call.ts";
import type { RunEvent, RunSink, Subagents } from "./port.ts";
import { recallAnswer } from "./recall-answer.ts";
import type { PreparedCall } from "./prepared-call.ts";
import type { RunState } from "./run-state.ts";

export interface CallDeps extends PermissionDeps {
  sessionId: string;
  taskId: string;
  ownerId: string;
  workspace: string;
  files?: RunFiles;
  subagents?: Subagents;
  /** Absent: calls that run can't ask anybody. */
  withdraw?: WithdrawQuestion | undefined;
  sink: RunSink;
  state: RunState;
  clock: Clock;
  /** Ends the tool: canceled, shut down or out of time. */
  signal: AbortSignal;
}

export interface CallOutcome {
  /** The call was invalid. */
  refused: boolean;
  status: "succeeded" | "failed" | "canceled" | "denied";
  output: string;
}

export type SettledPlan = Exclude<CallPlan, { type: "ask-approval" | "ask-question" | "subagent" }>;

/**
 * Executes a call, or records why not.
 * @throws CallAsks if it asks the user while it runs; what the sink throws. A tool's own error becomes a failed result.
 */
export function settleCall(deps: CallDeps, call: ToolCall, plan: SettledPlan): Promise<CallOutcome> {
  switch (plan.type) {
    case "refuse":
      return endAtOnce(deps, call, { refused: true, status: "failed", output: plan.output });
    case "answer":
      return endAtOnce(deps, call, { refused: false, status: plan.status, output: plan.output });
    case "deny":
      return endUnstarted(deps, call, { status: "denied", output: plan.output, deniedBy: plan.rule });
    case "skip":
      return endUnstarted(deps, call, { status: "canceled", output: plan.output });
    case "execute":
      return execute(deps, call, plan);
  }
}

/** Both events in one commit, so nothing can be cut off between them. */
async function endAtOnce({ state }: CallDeps, call: ToolCall, outcome: CallOutcome): Promise<CallOutcome> {
  const { callId } = call;
  const { output } = outcome;
  const status = outcome.status;
  await state.record(
    { type: "tool.called", data: call },
    { type: "tool.ended", data: { callId, status, output, durationMs: 0 } },
  );
  return outcome;
}

/** A call that was denied or skipped has an end event but no start. */
async function endUnstarted(
  { state }: CallDeps,
  { callId }: ToolCall,
  end: { status: "denied" | "canceled"; output: string; deniedBy?: string | undefined },
): Promise<CallOutcome> {
  await state.record({ type: "tool.ended", data: { callId, ...end, durationMs: 0 } });
  return { refused: false, status: end.status, output: end.output };
}

/** Recorded before it starts, so that it never runs twice. */
async function execute(
  deps: CallDeps,
  call: ToolCall,
  { prepared, rule, checksPaths = false }: Extract<CallPlan, { type: "execute" }>,
): Promise<CallOutcome> {
  if (checksPaths) {
    const link = await findLinkOnTheWay(deps.workspace, prepared.tool.locations?.(prepared.input) ?? []);
    if (link !== null) {
      return endAtOnce(deps, call, { refused: false, status: "failed", output: throughLink(link) });
    }
  }
  const { state, clock, files } = deps;
  const { callId } = call;
  if (files !== undefined && mayWrite(prepared.tool)) await state.record(...(await files.willWrite()));
  const readsUntrusted = prepared.tool.effects.includes("reads-untrusted") ? true : undefined;
  await state.record({ type: "tool.called", data: { ...call, readsUntrusted, allowedBy: rule } });
  if (prepared.tool.mayAsk === true && deps.withdraw !== undefined) {
    return continueCall(deps, await startHeld(deps, callId, prepared, deps.withdraw));
  }
  const beganAt = clock.now();
  const result = await runTool(deps, callId, prepared);
  return endCall(deps, callId, result, clock.now() - beganAt);
}

async function startHeld(
  deps: CallDeps,
  callId: string,
  { tool, input }: PreparedCall,
  withdraw: WithdrawQuestion,
): Promise<HeldCall> {
  const session = await sessionOf(deps, callId);
  const { ownerId, clock } = deps;
  return new HeldCall({ callId, ownerId, withdraw, now: () => clock.now() }, async (context) =>
    tool.execute(input, { ...session, ...context }),
  );
}

/** Waits for a call that has started, in this attempt or an earlier one. @throws CallAsks */
export async function continueCall(deps: CallDeps, held: HeldCall): Promise<CallOutcome> {
  for (;;) {
    const outlet = outletOf(deps, held.callId);
    const news = await held.next(outlet, deps.signal);
    await outlet.settled();
    if (news.type === "ended") return endCall(deps, held.callId, news.result, held.workedMs);
    const answer = await recallAnswer(deps.state, held.callId, news.question);
    if (answer === null) throw new CallAsks(held, news.question);
    held.answer(answer);
  }
}

async function endCall(
  { state, signal, ledger }: CallDeps,
  callId: string,
  result: ToolResult,
  workedMs: number,
): Promise<CallOutcome> {
  const durationMs = Math.max(0, Math.round(workedMs));
  const status = signal.aborted ? "canceled" : result.status;
  const { exitCode, omittedBytes, fullOutput, content, fileChanges = [], plan } = result;
  const output = withNote(result.output, ledger.decisionOn(callId));
  const changed: RunEvent[] = fileChanges.map((data) => ({ type: "file.changed", data }));
  if (plan !== undefined) changed.push({ type: "plan.updated", data: { items: plan } });
  await state.record(
    {
      type: "tool.ended",
      data: { callId, status, output, durationMs, exitCode, omittedBytes, fullOutput, content },
    },
    ...changed,
  );
  return { refused: false, status, output };
}

function throughLink(path: string): string {
  return `Not run: ${path} is a symbolic link, and the user has rules about paths. Use the path that it leads to`;
}

async function runTool(deps: CallDeps, callId: string, { tool, input }: PreparedCall): Promise<ToolResult> {
  const outlet = outletOf(deps, callId);
  const { signal } = deps;
  let result: ToolResult;
  try {
    signal.throwIfAborted();
    const session = await sessionOf(deps, callId);
    const { progress, refused } = outlet;
    result = await tool.execute(input, { ...session, signal, progress, refused });
  } catch (error) {
    result = failed(error);
  }
  await outlet.settled();
  return result;
}

async function sessionOf(
  { sessionId, taskId, ownerId, workspace }: CallDeps,
  callId: string,
): Promise<Omit<ToolContext, "signal" | "progress" | "refused" | "ask">> {
  await mkdir(workspace, { recursive: true, mode: 0o700 });
  return { sessionId, ownerId, workspace, taskId, callId };
}

/** What a call says goes to the log of this attempt. */
function outletOf({ sink, state, signal }: CallDeps, callId: string) {
  let lost: { error: unknown } | undefined;
  const recorded: Promise<void>[] = [];
  return {
    async progress(chunk: string): Promise<void> {
      if (signal.aborted || chunk === "") return;
      try {
        await sink.delta({ type: "tool.progress", data: { callId, chunk } });
      } catch (error) {
        // The tool ends what it started; the run ends with it, whatever the tool returns.
        lost = { error };
        throw error;
      }
    },
    refused(refusal: NetworkRefusal): void {
      if (!state.isNewRefusal(refusal)) return;
      recorded.push(
        state.record({ type: "network.refused", data: { ...refusal, callId } }).then(
          () => undefined,
          (error: unknown) => {
            lost = { error };
          },
        ),
      );
    },
    /** @throws what the log has thrown. */
    async settled(): Promise<void> {
      await Promise.all(recorded);
      if (lost !== undefined) throw lost.error;
    },
  };
}
