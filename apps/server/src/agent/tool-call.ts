import { mkdir } from "node:fs/promises";
import type { NetworkRefusal, ToolCall } from "@trunkline/contract";
import { mayWrite, type RunFiles } from "../checkpoints/port.ts";
import type { ToolResult } from "../tools/port.ts";
import { findLinkOnTheWay } from "./link-on-the-way.ts";
import { type CallPlan, type PermissionDeps, withNote } from "./call-permission.ts";
import type { Clock } from "./clock.ts";
import type { RunEvent, RunSink, Subagents } from "./port.ts";
import type { PreparedCall } from "./prepared-call.ts";
import type { RunState } from "./run-state.ts";

export interface CallDeps extends PermissionDeps {
  sessionId: string;
  taskId: string;
  ownerId: string;
  workspace: string;
  files?: RunFiles;
  subagents?: Subagents;
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
 * @throws what the sink throws. A tool's own error becomes a failed result.
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
  { prepared, decision, rule, checksPaths = false }: Extract<CallPlan, { type: "execute" }>,
): Promise<CallOutcome> {
  if (checksPaths) {
    const link = await findLinkOnTheWay(deps.workspace, prepared.tool.locations?.(prepared.input) ?? []);
    if (link !== null) {
      return endAtOnce(deps, call, { refused: false, status: "failed", output: throughLink(link) });
    }
  }
  const { state, clock, signal, files } = deps;
  const { callId } = call;
  if (files !== undefined && mayWrite(prepared.tool)) await state.record(...(await files.willWrite()));
  const readsUntrusted = prepared.tool.effects.includes("reads-untrusted") ? true : undefined;
  await state.record({ type: "tool.called", data: { ...call, readsUntrusted, allowedBy: rule } });
  const beganAt = clock.now();
  const result = await runTool(deps, callId, prepared);
  const durationMs = Math.max(0, Math.round(clock.now() - beganAt));
  const status = signal.aborted ? "canceled" : result.status;
  const { exitCode, omittedBytes, fullOutput, content, fileChanges = [], plan } = result;
  const output = withNote(result.output, decision);
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

async function runTool(
  { sessionId, taskId, ownerId, workspace, sink, state, signal }: CallDeps,
  callId: string,
  { tool, input }: PreparedCall,
): Promise<ToolResult> {
  let lost: { error: unknown } | undefined;
  const progress = async (chunk: string): Promise<void> => {
    if (signal.aborted || chunk === "") return;
    try {
      await sink.delta({ type: "tool.progress", data: { callId, chunk } });
    } catch (error) {
      // The tool ends what it started; the run ends with it, whatever the tool returns.
      lost = { error };
      throw error;
    }
  };
  const recorded: Promise<void>[] = [];
  const refused = (refusal: NetworkRefusal): void => {
    if (!state.isNewRefusal(refusal)) return;
    recorded.push(
      state.record({ type: "network.refused", data: { ...refusal, callId } }).then(
        () => undefined,
        (error: unknown) => {
          lost = { error };
        },
      ),
    );
  };
  let result: ToolResult;
  try {
    signal.throwIfAborted();
    await mkdir(workspace, { recursive: true, mode: 0o700 });
    const session = { sessionId, ownerId, workspace };
    result = await tool.execute(input, { ...session, taskId, callId, signal, progress, refused });
  } catch (error) {
    result = { status: "failed", output: error instanceof Error ? error.message : String(error) };
  }
  await Promise.all(recorded);
  if (lost !== undefined) throw lost.error;
  return result;
}
