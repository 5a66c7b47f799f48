import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { alice, isTerminalEventOf, type ScriptedServer } from "../../runner/testing/scripted-server.ts";

/** A session with whatever a call can be about. */
export interface Subject {
  sessionId: string;
  endedId: string;
  waitingId: string;
  queuedId: string;
  lastQueuedId: string;
  approvalId: string;
  questionId: string;
  shareId: string;
}

/** Makes one: a task ended, one that waits for a person, and two that wait for their turn. */
export async function makeSubject(server: ScriptedServer): Promise<Subject> {
  const ended = await server.submit("first");
  const { sessionId } = ended;
  await server.until(sessionId, isTerminalEventOf(ended.id));
  const waiting = await server.submit("ask", sessionId);
  await server.until(sessionId, ({ type }) => type === "task.input-required");
  const [queued, lastQueued] = [await server.submit("b", sessionId), await server.submit("c", sessionId)];
  const { session } = await server.sessions.get(alice, { sessionId });
  await mkdir(session.workspace, { recursive: true });
  await writeFile(join(session.workspace, "notes"), "x");
  const [approvals, questions] = [
    await server.approvals.list(alice, { sessionId, limit: 1 }),
    await server.questions.list(alice, { sessionId, limit: 1 }),
  ];
  const share = { id: randomUUID(), hash: randomUUID(), sessionId, ownerId: alice.userId, createdAt: 1 };
  const entry = server.core.audit.entry({
    by: alice,
    action: "share.create",
    target: share.id,
    decision: "allowed",
  });
  await server.store.shares.create({ ...share, expiresAt: null, lastUsedAt: null }, 1, entry);
  return {
    shareId: share.id,
    sessionId,
    endedId: ended.id,
    waitingId: waiting.id,
    queuedId: queued.id,
    lastQueuedId: lastQueued.id,
    approvalId: approvals.items[0]?.id ?? "",
    questionId: questions.items[0]?.id ?? "",
  };
}
