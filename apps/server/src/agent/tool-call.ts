import type { Json, ToolCall } from "@trunkline/contract";
import { z } from "zod";
import type { Tool, ToolResult } from "../tools/port.ts";
import type { Clock } from "./clock.ts";
import type { RunEvent, RunSink } from "./port.ts";
import type { RunRecorder } from "./run-recorder.ts";
import { describeBadInput } from "./tool-input.ts";

export interface CallDeps {
  tools: readonly Tool[];
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
  status: "succeeded" | "failed" | "canceled";
  output: string;
}

/** @returns the tool and the input that it takes, or why there is none: words for the model. */
function prepareCall(
  tools: readonly Tool[],
  call: ToolCall,
): { tool: Tool; input: unknown } | { refusal: string } {
  const tool = tools.find(({ name }) => name === call.tool);
  if (tool === undefined) {
    const names = tools.map(({ name }) => name).join(", ");
    return { refusal: `There is no tool '${call.tool}'. The tools are: ${names}` };
  }
  if (typeof call.input === "string") {
    return {
      refusal: `${describeBadInput(call.input)}. Call ${tool.name} again with a complete JSON object`,
    };
  }
  const parsed = tool.inputSchema.safeParse(call.input satisfies Json);
  if (!parsed.success) {
    return { refusal: `The input does not fit the tool ${tool.name}:\n${z.prettifyError(parsed.error)}` };
  }
  return { tool, input: parsed.data };
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

/**
 * Executes a call: on record as begun before it begins, so that it never runs twice.
 * @throws what the sink throws. A tool's own error is a failed result.
 */
export async function executeCall(deps: CallDeps, call: ToolCall): Promise<CallOutcome> {
  const prepared = prepareCall(deps.tools, call);
  if ("refusal" in prepared) return refuseCall(deps, call, prepared.refusal);
  const { recorder, clock, signal } = deps;
  const { callId } = call;
  await recorder.record({ type: "tool.called", data: call });
  const beganAt = clock.now();
  const result = await runTool(deps, callId, prepared);
  const durationMs = Math.max(0, Math.round(clock.now() - beganAt));
  const status = signal.aborted ? "canceled" : result.status;
  const { output, exitCode, omittedBytes, fileChange } = result;
  const changed: RunEvent[] = fileChange === undefined ? [] : [{ type: "file.changed", data: fileChange }];
  await recorder.record(
    { type: "tool.ended", data: { callId, status, output, durationMs, exitCode, omittedBytes } },
    ...changed,
  );
  return { refused: false, status, output };
}

async function runTool(
  { workspace, sink, signal }: CallDeps,
  callId: string,
  { tool, input }: { tool: Tool; input: unknown },
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
    result = await tool.execute(input, { workspace, signal, progress });
  } catch (error) {
    result = { status: "failed", output: error instanceof Error ? error.message : String(error) };
  }
  if (lost !== undefined) throw lost.error;
  return result;
}
