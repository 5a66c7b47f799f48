import type { EventBody, EventDataOf } from "../event.ts";
import type { ToolCall } from "../events/event-parts.ts";
import type { Json } from "../primitives.ts";
import { endStateOf } from "./task-life.ts";

/**
 * Life cycle of a tool call. A completed step requests calls; each is then started (from here on it may have side
 * effects), reports progress and ends. A call that is denied, or canceled before it starts, ends without starting. If
 * it is still running when its run ends, whoever ends the run closes it as `interrupted` or `canceled`.
 */

type CallEvent = Extract<EventBody, { type: "tool.called" | "tool.progress" | "tool.ended" }>;
type ToolEnded = EventDataOf<"tool.ended">;

/** A call as far as the loaded events tell. */
export interface CallState extends Pick<ToolCall, "callId" | "title" | "locations"> {
  /** Null while the event with its name has not been loaded. */
  tool: string | null;
  input: Json;
  /** The kind of work it does. */
  toolKind?: ToolCall["kind"];
  state: "running" | ToolEnded["status"];
  /** Its output so far; once it has ended, what the model reads. */
  output: string;
  durationMs: number | null;
  exitCode: number | null;
  omittedBytes: number;
  content?: ToolEnded["content"];
  /** Of a command whose output was too long. */
  fullOutput?: ToolEnded["fullOutput"];
}

/** @param call as requested; only its id if that has not been loaded. */
export function newCall(call: ToolCall | { callId: string }): CallState {
  const known: Partial<ToolCall> & { callId: string } = call;
  const { callId, tool = null, input = null, title, kind, locations } = known;
  const state: CallState = {
    callId,
    tool,
    input,
    state: "running",
    output: "",
    durationMs: null,
    exitCode: null,
    omittedBytes: 0,
  };
  if (title !== undefined) state.title = title;
  if (kind !== undefined) state.toolKind = kind;
  if (locations !== undefined) state.locations = locations;
  return state;
}

/** @returns the call after one of its events. */
export function callAfter<C extends CallState>(call: C, event: CallEvent): C {
  switch (event.type) {
    case "tool.called":
      return { ...call, ...newCall(event.data) };
    case "tool.progress":
      return { ...call, output: call.output + event.data.chunk };
    case "tool.ended": {
      const { status, output, durationMs, exitCode = null, omittedBytes = 0 } = event.data;
      const { content, fullOutput } = event.data;
      const ended = { ...call, state: status, output, durationMs, exitCode, omittedBytes };
      if (content !== undefined) ended.content = content;
      if (fullOutput !== undefined) ended.fullOutput = fullOutput;
      return ended;
    }
  }
}

const NONE: readonly ToolCall[] = [];

/**
 * The calls of a task's last step that have neither started nor ended, which must be executed before the next model
 * call. A call that has started is never started again.
 * @param pending the list before the event, which must be the task's.
 * @returns the same list if nothing changed.
 */
export function pendingCallsAfter(pending: readonly ToolCall[], event: EventBody): readonly ToolCall[] {
  if (event.type === "step.ended") return event.data.toolCalls;
  if (event.type === "tool.called" || event.type === "tool.ended") {
    const { callId } = event.data;
    const left = pending.filter((call) => call.callId !== callId);
    return left.length === pending.length ? pending : left;
  }
  return endStateOf(event) === null ? pending : NONE;
}
