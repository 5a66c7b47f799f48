import {
  blockEndedBy,
  blockOfPiece,
  isBlockEvent,
  kindOfBlock,
  type SessionEvent,
} from "@trunkline/contract";

/** Identifies the block or call of a piece or end; null for other events. Unique in a session's log. */
export function wholeOf(event: SessionEvent): string | null {
  const id = blockOfPiece(event) ?? blockEndedBy(event);
  if (id === null) return null;
  const kind = isBlockEvent(event) ? kindOfBlock(event) : "call";
  return `${kind} ${id} of task ${event.taskId}`;
}

/** For messages: `seq 7 (text.delta)`. */
export function describe(event: SessionEvent): string {
  return `seq ${event.seq} (${event.type})`;
}
