import { randomUUID } from "node:crypto";
import type { Store, StoredDraft } from "../port.ts";

/** @returns the id of a new session, whose log is empty. */
export async function createSession(store: Store): Promise<string> {
  const id = randomUUID();
  const { sql, parameters } = store.db
    .insertInto("sessions")
    .values({
      id,
      owner_id: "owner",
      title: "untitled",
      agent: "default",
      workspace: "/nowhere",
      last_seq: 0,
      next_pos: 1,
      created_at: 0,
      updated_at: 0,
    })
    .compile();
  await store.write([{ sql, parameters }]);
  return id;
}

export function notice(message: string): StoredDraft {
  return { taskId: null, type: "notice", data: { level: "info", message } };
}

/** @returns the messages of the session's notices, in the order of their seqs. */
export async function readMessages(store: Store, sessionId: string): Promise<string[]> {
  const rows = await store.db
    .selectFrom("events")
    .select("data")
    .where("session_id", "=", sessionId)
    .where("type", "=", "notice")
    .orderBy("seq")
    .execute();
  return rows.map((row) => (JSON.parse(row.data) as { message: string }).message);
}
