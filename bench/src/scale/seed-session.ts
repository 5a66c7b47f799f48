import { randomUUID } from "node:crypto";
import type { Principal } from "@trunkline/contract";
import { newSession, titleFromPrompt } from "../../../apps/server/src/services/new-session.ts";
import type { Store } from "../../../apps/server/src/store/port.ts";
import type { SessionText } from "./session-text.ts";
import { EVENTS_PER_TASK, taskEvents } from "./task-events.ts";

/** Tasks per commit. */
const BATCH = 100;

export interface SeededSession {
  id: string;
  lastSeq: number;
}

export interface SeedOptions {
  owner: Principal;
  text: SessionText;
  /** Average words of an answer and of a tool's output. */
  lengths: { answer: number; output: number };
}

/** Writes a session of finished tasks through the server's own store, many tasks per commit. */
export async function seedSession(store: Store, tasks: number, options: SeedOptions): Promise<SeededSession> {
  const { owner, text, lengths } = options;
  const { id, event } = newSession({ title: titleFromPrompt(text.words(8)), model: null });
  await store.append(id, [event], { ownerId: owner.userId });
  for (let stored = 0; stored < tasks; stored += BATCH) {
    const events = Array.from({ length: Math.min(BATCH, tasks - stored) }, () =>
      taskEvents(text, randomUUID(), text.words(text.between(5, 40)).trim(), lengths),
    );
    await store.append(id, events.flat());
  }
  return { id, lastSeq: 1 + tasks * EVENTS_PER_TASK };
}
