import type { EventBody, EventDataOf, ToolCall } from "../event.ts";
import type { Json } from "../primitives.ts";
import { endStateOf } from "./task-life.ts";

/**
 * The life of a tool call, told once. A step that ends asks for calls; each is then called, which is when it may begin to
 * have effects, shows progress, and ends. One that somebody denies, or that a cancel comes before, ends without a call.
 * What is still running when its run ends is closed as `interrupted` or `canceled` by whoever ends the run.
 */

type CallEvent = Extract<EventBody, { type: "tool.called" | "tool.progress" | "tool.ended" }>;
type ToolEnded = EventDataOf<"tool.ended">;

/** A call as far as the events read tell. */
export interface CallState extends Pick<ToolCall, "callId" | "title" | "locations"> {
  /** Null while the event that names it has not been read. */
  tool: string | null;
  input: Json;
  /** What kind of work it does. */
  toolKind?: ToolCall["kind"];
  state: "running" | ToolEnded["status"];
  /** What it has put out so far; once it has ended, what the model gets to read. */
  output: string;
  durationMs: number | null;
  exitCode: number | null;
  omittedBytes: number;
  content?: ToolEnded["content"];
}

/** @param call what was asked for; its id alone where that has not been read. */
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

/** @returns the call after an event of it. */
export function callAfter<C extends CallState>(call: C, event: CallEvent): C {
  switch (event.type) {
    case "tool.called":
      return { ...call, ...newCall(event.data) };
    case "tool.progress":
      return { ...call, output: call.output + event.data.chunk };
    case "tool.ended": {
      const { status, output, durationMs, exitCode = null, omittedBytes = 0, content } = event.data;
      const ended = { ...call, state: status, output, durationMs, exitCode, omittedBytes };
      return content === undefined ? ended : { ...ended, content };
    }
  }
}

const NONE: readonly ToolCall[] = [];

/**
 * Calls of a task that its last step asked for and that have neither begun nor ended: what is to be executed before the
 * model is called again. One that has begun is never begun again.
 * @param pending what they were before the event, which is one of the task.
 * @returns the same list where the event changes nothing.
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
