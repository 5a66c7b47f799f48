import type { EventDataOf } from "@trunkline/contract";
import type { Kysely } from "kysely";
import type { StoredDraft } from "../store/port.ts";
import type { Database } from "../store/schema.ts";

const TASK_ENDINGS = ["task.completed", "task.failed", "task.canceled", "task.rejected"] as const;

/**
 * What a prefix of a log has begun and not ended: pieces of blocks, tool calls, tasks.
 * @returns the events that end them, for a log that starts as this prefix, and the blocks whose pieces go with them.
 */
export async function unfinishedIn(
  db: Kysely<Database>,
  sessionId: string,
  upToSeq: number,
  now: number,
  /** Who ends the tasks, for the event that says so. */
  by: string,
): Promise<{ events: StoredDraft[]; endedBlocks: { blockId: string; fromSeq: number }[] }> {
  const events: StoredDraft[] = [];
  const endedBlocks = [];

  const prefix = db.selectFrom("events").where("session_id", "=", sessionId).where("seq", "<=", upToSeq);
  // Pieces are in the log only while their block is open: the event that ends a block removes them.
  const pieces = await prefix
    .select(["seq", "task_id", "type", "block_id", "data"])
    .where("type", "in", ["text.delta", "reasoning.delta"])
    .where("block_id", "is not", null)
    .orderBy("seq")
    .execute();
  const blocks = new Map<
    string,
    { draft: StoredDraft & { data: EventDataOf<"text.ended"> }; fromSeq: number }
  >();
  for (const piece of pieces) {
    const data = JSON.parse(piece.data) as EventDataOf<"text.delta">;
    const block = blocks.get(data.blockId);
    if (block !== undefined) {
      block.draft.data.text += data.text;
      continue;
    }
    const type = piece.type === "text.delta" ? "text.ended" : "reasoning.ended";
    blocks.set(data.blockId, { draft: { taskId: piece.task_id, type, data }, fromSeq: piece.seq });
  }
  for (const [blockId, { draft, fromSeq }] of blocks) {
    events.push(draft);
    endedBlocks.push({ blockId, fromSeq });
  }

  const calls = await prefix
    .select(["seq", "task_id", "type", "at", "data"])
    .where("type", "in", ["tool.called", "tool.ended"])
    .orderBy("seq")
    .execute();
  const open = new Map<string, (typeof calls)[number]>();
  for (const call of calls) {
    const { callId } = JSON.parse(call.data) as { callId: string };
    if (call.type === "tool.called") open.set(callId, call);
    else open.delete(callId);
  }
  for (const [callId, call] of open) {
    const durationMs = Math.max(0, now - call.at);
    const data = { callId, status: "interrupted" as const, output: "", durationMs };
    events.push({ taskId: call.task_id, type: "tool.ended", data });
    endedBlocks.push({ blockId: callId, fromSeq: call.seq });
  }

  const tasks = await prefix
    .select(["task_id", "type"])
    .where("type", "in", ["task.submitted", ...TASK_ENDINGS])
    .orderBy("seq")
    .execute();
  const unfinished = new Set<string | null>();
  for (const task of tasks) {
    if (task.type === "task.submitted") unfinished.add(task.task_id);
    else unfinished.delete(task.task_id);
  }
  for (const taskId of unfinished) {
    events.push({ taskId, type: "task.canceled", data: { reason: "superseded", by } });
  }
  return { events, endedBlocks };
}
