import type { EventDataOf, SessionEvent } from "@trunkline/contract";
import type { Kysely } from "kysely";
import type { StoredDraft } from "../store/port.ts";
import type { Database } from "../store/schema.ts";

/** What begins and ends something, and pieces, which are in the log only while their block is open. */
const READ_TYPES = [
  "text.delta",
  "reasoning.delta",
  "tool.called",
  "tool.ended",
  "task.submitted",
  "task.completed",
  "task.failed",
  "task.canceled",
  "task.rejected",
] as const;

type ReadEvent = Extract<SessionEvent, { type: (typeof READ_TYPES)[number] }>;

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
  const blocks = new Map<
    string,
    { draft: StoredDraft & { data: EventDataOf<"text.ended"> }; fromSeq: number }
  >();
  const calls = new Map<string, Pick<ReadEvent, "seq" | "taskId" | "at">>();
  const tasks = new Set<string | null>();

  for await (const { seq, taskId, at, type, data } of readBeginningsAndEnds(db, sessionId, upToSeq)) {
    switch (type) {
      case "text.delta":
      case "reasoning.delta": {
        const block = blocks.get(data.blockId);
        if (block !== undefined) block.draft.data.text += data.text;
        else {
          const ended = type === "text.delta" ? "text.ended" : "reasoning.ended";
          blocks.set(data.blockId, { draft: { taskId, type: ended, data }, fromSeq: seq });
        }
        break;
      }
      case "tool.called":
        calls.set(data.callId, { seq, taskId, at });
        break;
      case "tool.ended":
        calls.delete(data.callId);
        break;
      case "task.submitted":
        tasks.add(taskId);
        break;
      default:
        tasks.delete(taskId);
    }
  }

  const events: StoredDraft[] = [];
  const endedBlocks = [];
  for (const [blockId, { draft, fromSeq }] of blocks) {
    events.push(draft);
    endedBlocks.push({ blockId, fromSeq });
  }
  for (const [callId, { seq, taskId, at }] of calls) {
    const durationMs = Math.max(0, now - at);
    const data = { callId, status: "interrupted" as const, output: "", durationMs };
    events.push({ taskId, type: "tool.ended", data });
    endedBlocks.push({ blockId: callId, fromSeq: seq });
  }
  for (const taskId of tasks) {
    events.push({ taskId, type: "task.canceled", data: { reason: "superseded", by } });
  }
  return { events, endedBlocks };
}

/** Looked at, and read, between two turns of the event loop: a long log holds nobody up, and is never in memory whole. */
const SEQS_PER_QUERY = 5_000;
const ROWS_PER_QUERY = 200;

async function* readBeginningsAndEnds(
  db: Kysely<Database>,
  sessionId: string,
  upToSeq: number,
): AsyncGenerator<ReadEvent, void> {
  for (let after = 0; after < upToSeq;) {
    const end = Math.min(after + SEQS_PER_QUERY, upToSeq);
    const rows = await db
      .selectFrom("events")
      .select(["seq", "task_id", "type", "at", "data"])
      .where("session_id", "=", sessionId)
      .where("seq", ">", after)
      .where("seq", "<=", end)
      .where("type", "in", [...READ_TYPES])
      .orderBy("seq")
      .limit(ROWS_PER_QUERY)
      .execute();
    for (const { seq, task_id, type, at, data } of rows) {
      yield { sessionId, seq, taskId: task_id, type, at, data: JSON.parse(data) as unknown } as ReadEvent;
    }
    after = rows.length < ROWS_PER_QUERY ? end : (rows.at(-1)?.seq ?? end);
    await new Promise(setImmediate);
  }
}
