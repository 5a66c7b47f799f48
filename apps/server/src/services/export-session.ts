import { type Principal, type SessionDocument, TrunklineError } from "@trunkline/contract";
import { MAX_DOCUMENT_EVENTS } from "@trunkline/contract/schemas";
import type { Audit } from "../audit/port.ts";
import { type Log, readAll } from "../log/port.ts";
import type { Store } from "../store/port.ts";
import { requireSession } from "./ownership.ts";
import { toTask } from "./task-view.ts";

/** The session as one document, which `importSession` reads. Says nothing of whose it is or where it ran. */
export async function exportSession(
  { store, log, audit }: { store: Store; log: Log; audit: Audit },
  principal: Principal,
  sessionId: string,
): Promise<SessionDocument> {
  const { title, agent, model, createdAt, updatedAt } = await requireSession(store, principal, sessionId);
  await audit.record({ by: principal, action: "session.export", target: sessionId, decision: "allowed" });
  const tasks: SessionDocument["tasks"] = [];
  for await (const stored of store.tasks.ofSession(sessionId)) {
    const {
      sessionId: _session,
      node: _node,
      cancelRequestedAt: _cancel,
      idempotencyKey: _key,
      ...task
    } = toTask(stored);
    tasks.push(task);
  }
  const events: SessionDocument["events"] = [];
  for await (const { seq, taskId, at, type, data } of readAll(log, sessionId)) {
    if (events.length === MAX_DOCUMENT_EVENTS) {
      throw new TrunklineError(
        "payload_too_large",
        `The session has more than ${MAX_DOCUMENT_EVENTS} events; read them page by page with session.events`,
      );
    }
    events.push({ seq, taskId, at, type, data });
  }
  return {
    format: "trunkline.session",
    version: 1,
    session: { title, agent, model, createdAt, updatedAt },
    tasks,
    events,
  };
}
