import {
  MAX_CALL_DOCUMENT_BYTES,
  type Principal,
  type SessionDocument,
  TrunklineError,
} from "@trunkline/contract";
import { MAX_DOCUMENT_EVENTS } from "@trunkline/contract/schemas";
import type { Audit } from "../audit/port.ts";
import { type Log, readAll } from "../log/port.ts";
import type { Store } from "../store/port.ts";
import { requireSession, requireSessionAccess } from "./ownership.ts";
import { toTask } from "./task-view.ts";

interface ExportDeps {
  store: Store;
  log: Log;
  audit: Audit;
}

/** Of one piece, about, in UTF-16 units; the event loop has a turn after each. */
const PIECE_LENGTH = 262_144;

/** The session as one document. Says nothing of whose it is or where it ran. */
export async function exportSession(
  deps: ExportDeps,
  principal: Principal,
  sessionId: string,
): Promise<SessionDocument> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of exportStream(deps, principal, sessionId)) {
    length += piece.length;
    if (length > MAX_CALL_DOCUMENT_BYTES) throw tooLarge();
    pieces.push(piece);
  }
  const document = JSON.parse(pieces.join("")) as SessionDocument;
  if (document.events.length > MAX_DOCUMENT_EVENTS) throw tooLarge();
  return document;
}

function tooLarge(): TrunklineError {
  return new TrunklineError(
    "payload_too_large",
    "The session is too large for one answer; read GET /api/sessions/{sessionId}/export, which has no limit",
  );
}

/** The same document as JSON, in pieces: in memory there is never more than a page of the log. */
export async function* exportStream(
  { store, log, audit }: ExportDeps,
  principal: Principal,
  sessionId: string,
): AsyncGenerator<string, void> {
  const { title, agent, model, createdAt, updatedAt } = await requireSession(store, principal, sessionId);
  await audit.record({ by: principal, action: "session.export", target: sessionId, decision: "allowed" });
  const session = { title, agent, model, createdAt, updatedAt };
  const head = `{"format":"trunkline.session","version":1,"session":${JSON.stringify(session)},"tasks":[`;
  yield* inPieces(head, tasksOf(store, sessionId));
  yield* inPieces(`],"events":[`, eventsOf(log, sessionId));
  // Deleted meanwhile, it was read in part: what was sent must not look like the whole.
  await requireSessionAccess(store, principal, sessionId);
  yield "]}";
}

async function* tasksOf(store: Store, sessionId: string): AsyncGenerator<string, void> {
  for await (const stored of store.tasks.ofSession(sessionId)) {
    const {
      sessionId: _session,
      node: _node,
      cancelRequestedAt: _cancel,
      idempotencyKey: _key,
      // Its event has it; the format is older.
      agent: _agent,
      effort: _effort,
      ...task
    } = toTask(stored);
    yield JSON.stringify(task);
  }
}

async function* eventsOf(log: Log, sessionId: string): AsyncGenerator<string, void> {
  for await (const { seq, taskId, at, type, data } of readAll(log, sessionId)) {
    yield JSON.stringify({ seq, taskId, at, type, data });
  }
}

/** The items with commas between them. */
async function* inPieces(before: string, items: AsyncIterable<string>): AsyncGenerator<string, void> {
  let piece = before;
  let isFirst = true;
  for await (const item of items) {
    piece += isFirst ? item : `,${item}`;
    isFirst = false;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = "";
    await new Promise(setImmediate);
  }
  if (piece !== "") yield piece;
}
