import { randomUUID } from "node:crypto";
import type { TaskState } from "@trunkline/contract";
import type { Store, StoredDraft } from "../port.ts";

/** @returns the id of a task in that state. */
export async function createTask(
  store: Store,
  sessionId: string,
  { state, attempt, idempotencyKey }: { state: TaskState; attempt: number; idempotencyKey?: string },
): Promise<string> {
  const taskId = randomUUID();
  const key = idempotencyKey === undefined ? {} : { idempotencyKey, requestHash: "hash" };
  const submitted = { prompt: "x", model: null, whenBusy: "enqueue", ...key } as const;
  const events: StoredDraft[] = [{ taskId, type: "task.submitted", data: submitted }];
  for (let start = 1; start <= attempt; start++) {
    events.push({ taskId, type: "task.started", data: { attempt: start } });
    if (start < attempt || state === "submitted") {
      events.push({ taskId, type: "task.interrupted", data: { attempt: start, reason: "shutdown" } });
    }
  }
  if (state === "input-required") {
    events.push({ taskId, type: "task.input-required", data: { reason: "approval" } });
  }
  await store.append(sessionId, events);
  return taskId;
}
