import type { Principal } from "@trunkline/contract";
import { newSession, titleFromPrompt } from "../../../apps/server/src/services/new-session.ts";
import { newTask } from "../../../apps/server/src/services/submit.ts";
import type { Store } from "../../../apps/server/src/store/port.ts";
import type { SessionText } from "./session-text.ts";
import { EVENTS_PER_TASK, taskEvents } from "./task-events.ts";

/** Tasks stored with one commit. */
const BATCH = 100;

export interface SeededSession {
  id: string;
  lastSeq: number;
}

export interface SeedOptions {
  owner: Principal;
  workspacesDir: string;
  text: SessionText;
  /** Words of an answer and of a tool's output, on average. */
  lengths: { answer: number; output: number };
}

/** A session as so many finished tasks leave it, stored by the server's own store: many tasks with one commit. */
export async function seedSession(store: Store, tasks: number, options: SeedOptions): Promise<SeededSession> {
  const { owner, workspacesDir, text, lengths } = options;
  const now = Date.now();
  const title = titleFromPrompt(text.words(8));
  const { id, event, write } = newSession(store.db, {
    ownerId: owner.userId,
    title,
    model: null,
    workspacesDir,
    now,
  });
  await store.commit({ sessionId: id, events: [event], writes: [write] });
  const usage = JSON.stringify({ inputTokens: 12_000, outputTokens: 900 });
  const complete = store.db
    .updateTable("tasks")
    .set({
      state: "completed",
      reason: null,
      result: "done",
      usage_json: usage,
      started_at: now,
      ended_at: now,
    })
    .where("session_id", "=", id)
    .where("state", "=", "submitted")
    .compile();
  for (let stored = 0; stored < tasks; stored += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, tasks - stored) }, () => {
      const prompt = text.words(text.between(5, 40)).trim();
      return { prompt, task: newTask(store.db, owner, id, { prompt, whenBusy: "enqueue" }, now) };
    });
    await store.commit({
      sessionId: id,
      events: batch.flatMap(({ prompt, task }) => taskEvents(text, task.id, prompt, lengths)),
      writes: [...batch.flatMap(({ task }) => task.writes), complete],
    });
  }
  return { id, lastSeq: 1 + tasks * EVENTS_PER_TASK };
}
