import type { SessionEvent } from "@trunkline/contract";

/** An event that shows a part of something while it grows, and leaves the log when the whole is stored. */
export type PieceEvent = Extract<SessionEvent, { type: "text.delta" | "reasoning.delta" | "tool.progress" }>;

export function isPiece(event: SessionEvent): event is PieceEvent {
  return event.type === "text.delta" || event.type === "reasoning.delta" || event.type === "tool.progress";
}

/** Names the whole that a piece or an ended event belongs to; null for every other event. Unique in a session's log. */
export function wholeOf(event: SessionEvent): string | null {
  switch (event.type) {
    case "text.delta":
    case "text.ended":
      return `text ${event.data.blockId} of task ${event.taskId}`;
    case "reasoning.delta":
    case "reasoning.ended":
      return `reasoning ${event.data.blockId} of task ${event.taskId}`;
    case "tool.progress":
    case "tool.ended":
      return `call ${event.data.callId} of task ${event.taskId}`;
    default:
      return null;
  }
}

/** For messages: `seq 7 (text.delta)`. */
export function describe(event: SessionEvent): string {
  return `seq ${event.seq} (${event.type})`;
}
