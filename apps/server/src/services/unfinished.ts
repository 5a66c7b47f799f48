import { isTaskEnd, OpenItems } from "@trunkline/contract";
import type { Store, StoredDraft } from "../store/port.ts";

/** Event types that start and end something, and pieces, which are in the log only while their block is open. */
const READ_TYPES = [
  "text.delta",
  "text.ended",
  "reasoning.delta",
  "reasoning.ended",
  "tool.called",
  "tool.progress",
  "tool.ended",
  "setup.started",
  "setup.progress",
  "setup.ended",
  "task.submitted",
  "task.completed",
  "task.failed",
  "task.canceled",
  "task.rejected",
] as const;

/**
 * Finds what a prefix of a log has started but not ended: blocks, tool calls, setups, tasks.
 * @param by who ends the tasks, for their events.
 * @returns the events that close everything, for a log that starts with this prefix, and the blocks whose pieces they
 * replace.
 */
export async function unfinishedIn(
  { events }: Store,
  sessionId: string,
  upToSeq: number,
  now: number,
  by: string,
): Promise<{ events: StoredDraft[]; endedBlocks: { blockId: string; fromSeq: number }[] }> {
  const open = new OpenItems();
  const tasks = new Set<string | null>();
  for await (const event of events.ofTypes(sessionId, READ_TYPES, { upTo: upToSeq })) {
    open.apply(event, event);
    if (event.type === "task.submitted") tasks.add(event.taskId);
    else if (isTaskEnd(event)) tasks.delete(event.taskId);
  }
  const closing = open.closing("interrupted", now);
  return {
    events: [
      ...closing,
      ...Array.from(tasks, (taskId): StoredDraft => ({
        taskId,
        type: "task.canceled",
        data: { reason: "superseded", by },
      })),
    ],
    endedBlocks: closing.flatMap((event) => open.endedBlockOf(event) ?? []),
  };
}
