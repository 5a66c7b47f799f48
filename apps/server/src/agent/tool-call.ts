import { mkdir } from "node:fs/promises";
import type { ToolCall } from "@trunkline/contract";
import type { ToolResult } from "../tools/port.ts";
import type { Clock } from "./clock.ts";
import type { RunEvent, RunSink } from "./port.ts";
import type { RunRecorder } from "./run-recorder.ts";
import type { CallAnswer } from "./approval-ledger.ts";
import { denialText, type PermissionDeps, permissionFor, withAnswer } from "./call-permission.ts";
import { type PreparedCall, prepareCall } from "./prepared-call.ts";

export interface CallDeps extends PermissionDeps {
  sessionId: string;
  taskId: string;
  ownerId: string;
  workspace: string;
  sink: RunSink;
  recorder: RunRecorder;
  clock: Clock;
  /** Ends the tool: canceled, shut down or out of time. */
  signal: AbortSignal;
}

export interface CallOutcome {
  /** No tool took the call. */
  refused: boolean;
  status: "succeeded" | "failed" | "canceled" | "denied";
  output: string;
}

/** Answers a call that is not executed. Both events in one commit: nothing ever began. */
export async function refuseCall(
  { recorder }: CallDeps,
  call: ToolCall,
  refusal: string,
): Promise<CallOutcome> {
  await recorder.record(
    { type: "tool.called", data: call },
    { type: "tool.ended", data: { callId: call.callId, status: "failed", output: refusal, durationMs: 0 } },
  );
  return { refused: true, status: "failed", output: refusal };
}

/** Answers a call that somebody did not allow: it has an end and no beginning. */
async function denyCall(
  { recorder }: CallDeps,
  { callId }: ToolCall,
  answer: CallAnswer,
): Promise<CallOutcome> {
  const output = denialText(answer);
  await recorder.record({ type: "tool.ended", data: { callId, status: "denied", output, durationMs: 0 } });
  return { refused: false, status: "denied", output };
}

/**
 * Executes a call, where that is allowed.
 * @returns null where somebody has to allow it first: nothing has happened then.
 * @throws what the sink throws. A tool's own error is a failed result.
 */
export async function executeCall(deps: CallDeps, call: ToolCall): Promise<CallOutcome | null> {
  const prepared = prepareCall(deps.tools, call);
  if ("refusal" in prepared) return refuseCall(deps, call, prepared.refusal);
  const permission = permissionFor(deps, call, prepared);
  if (permission.type === "needed") return null;
  if (permission.type === "denied") return denyCall(deps, call, permission.answer);
  return executePrepared(deps, call, prepared, permission.answer);
}

/** On record as begun before it begins, so that it never runs twice. */
async function executePrepared(
  deps: CallDeps,
  call: ToolCall,
  prepared: PreparedCall,
  answer: CallAnswer | undefined,
): Promise<CallOutcome> {
  const { recorder, clock, signal } = deps;
  const { callId } = call;
  const readsUntrusted = prepared.tool.effects.includes("reads-untrusted") ? true : undefined;
  await recorder.record({ type: "tool.called", data: { ...call, readsUntrusted } });
  const beganAt = clock.now();
  const result = await runTool(deps, callId, prepared);
  const durationMs = Math.max(0, Math.round(clock.now() - beganAt));
  const status = signal.aborted ? "canceled" : result.status;
  const { exitCode, omittedBytes, content, fileChange } = result;
  const output = withAnswer(result.output, answer);
  const changed: RunEvent[] = fileChange === undefined ? [] : [{ type: "file.changed", data: fileChange }];
  await recorder.record(
    { type: "tool.ended", data: { callId, status, output, durationMs, exitCode, omittedBytes, content } },
    ...changed,
  );
  return { refused: false, status, output };
}

async function runTool(
  { sessionId, taskId, ownerId, workspace, sink, signal }: CallDeps,
  callId: string,
  { tool, input }: PreparedCall,
): Promise<ToolResult> {
  let lost: { error: unknown } | undefined;
  const progress = async (chunk: string): Promise<void> => {
    if (signal.aborted || chunk === "") return;
    try {
      await sink.delta({ type: "tool.progress", data: { callId, chunk } });
    } catch (error) {
      // The tool ends what it started because of it; the run ends with it, whatever the tool makes of it.
      lost = { error };
      throw error;
    }
  };
  let result: ToolResult;
  try {
    signal.throwIfAborted();
    await mkdir(workspace, { recursive: true, mode: 0o700 });
    result = await tool.execute(input, { sessionId, taskId, ownerId, callId, workspace, signal, progress });
  } catch (error) {
    result = { status: "failed", output: error instanceof Error ? error.message : String(error) };
  }
  if (lost !== undefined) throw lost.error;
  return result;
}
