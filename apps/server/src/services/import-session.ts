import type {
  EventDataOf,
  ImportSessionInput,
  ImportSessionOutput,
  Principal,
  SessionDocument,
} from "@trunkline/contract";
import { isTerminalTaskState, TrunklineError } from "@trunkline/contract";
import { EVENT_TYPES, type EventType, parseEventData } from "@trunkline/contract/schemas";
import { v7 as uuidv7 } from "uuid";
import type { Activity } from "../activity/port.ts";
import type { Log } from "../log/port.ts";
import { type Store, UniqueViolationError, type Write } from "../store/port.ts";
import { newSession } from "./new-session.ts";
import { requireSession } from "./ownership.ts";
import { removeRows } from "./remove-rows.ts";
import { unfinishedIn } from "./unfinished.ts";

interface ImportDeps {
  store: Store;
  log: Log;
  activity: Activity;
  workspacesDir: string;
  now: () => number;
}

/** Rows in one commit: an import holds up nobody else's for long, and stays far below any engine's parameter limit. */
const CHUNK = 500;

/**
 * Stores a document as a new session. It is built out of sight (as one that is being deleted, so a crash on the way
 * leaves nothing behind) and shown by the last commit.
 * @throws TrunklineError `validation_failed` naming the event that is not of the contract.
 */
export async function importSession(
  deps: ImportDeps,
  principal: Principal,
  { document, importKey }: ImportSessionInput,
): Promise<ImportSessionOutput> {
  const { store } = deps;
  const earlier = await findEarlier(store, principal, importKey);
  if (earlier !== undefined)
    return { session: await requireSession(store.db, principal, earlier), created: false };

  assertEvents(document);
  const now = deps.now();
  const { id } = newSession(store.db, {
    ownerId: principal.userId,
    title: document.session.title,
    model: document.session.model,
    workspacesDir: deps.workspacesDir,
    now,
  });
  try {
    await store.write([hiddenSession(deps, principal, id, document, importKey, now)]);
  } catch (error) {
    if (!(error instanceof UniqueViolationError)) throw error;
    const winner = await findEarlier(store, principal, importKey);
    if (winner === undefined) throw error;
    return { session: await requireSession(store.db, principal, winner), created: false };
  }
  try {
    await fill(deps, principal, id, document, now);
  } catch (error) {
    // The import key is free again for another try.
    await removeRows(store, id);
    throw error;
  }
  deps.activity.changed(id);
  return { session: await requireSession(store.db, principal, id), created: true };
}

/** Stores what the document holds, and shows the session with the last commit. */
async function fill(
  { store, log }: ImportDeps,
  principal: Principal,
  id: string,
  document: SessionDocument,
  now: number,
): Promise<void> {
  const taskIds = new Map<string, string>();
  const rename = (taskId: string | null): string | null => {
    if (taskId === null) return null;
    const renamed = taskIds.get(taskId) ?? uuidv7();
    taskIds.set(taskId, renamed);
    return renamed;
  };
  for (const rows of chunks(document.tasks)) {
    await store.write(
      rows.map((task) => insertTask(store, principal, id, rename(task.id) ?? uuidv7(), task, now)),
    );
  }
  for (const rows of chunks(document.events)) await store.write([insertEvents(store, id, rows, rename)]);

  const lastSeq = document.events.at(-1)?.seq ?? 0;
  const closing = await unfinishedIn(store.db, id, lastSeq, now, "import");
  const show = store.db
    .updateTable("sessions")
    .set({ deleted_at: null, last_seq: lastSeq, imported_seq: lastSeq })
    .where("id", "=", id)
    .compile();
  await log.append({
    sessionId: id,
    events: closing.events,
    endedBlocks: closing.endedBlocks,
    writes: [{ sql: show.sql, parameters: show.parameters, expectRows: 1 }],
  });
}

async function findEarlier(
  store: Store,
  principal: Principal,
  importKey: string | undefined,
): Promise<string | undefined> {
  if (importKey === undefined) return undefined;
  const row = await store.db
    .selectFrom("sessions")
    .select("id")
    .where("owner_id", "=", principal.userId)
    .where("import_key", "=", importKey)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row?.id;
}

function assertEvents({ events }: SessionDocument): void {
  let last = 0;
  for (const { seq, type, data } of events) {
    if (seq <= last) throw invalid(`events: seq ${seq} follows seq ${last}; they must increase`);
    last = seq;
    if (!(EVENT_TYPES as string[]).includes(type))
      throw invalid(`events: seq ${seq} has the unknown type '${type}'`);
    try {
      parseEventData(type as EventType, data);
    } catch (cause) {
      throw invalid(`events: seq ${seq} is not what a ${type} carries`, cause);
    }
  }
}

function invalid(message: string, cause?: unknown): TrunklineError {
  return new TrunklineError("validation_failed", message, { cause });
}

function hiddenSession(
  { store, workspacesDir }: ImportDeps,
  principal: Principal,
  id: string,
  { session, tasks }: SessionDocument,
  importKey: string | undefined,
  now: number,
): Write {
  return store.db
    .insertInto("sessions")
    .values({
      id,
      owner_id: principal.userId,
      title: session.title,
      agent: session.agent,
      model: session.model,
      workspace: `${workspacesDir}/${id}`,
      last_seq: 0,
      next_pos: tasks.reduce((last, task) => Math.max(last, task.pos), 0) + 1,
      created_at: session.createdAt,
      updated_at: session.updatedAt,
      import_key: importKey ?? null,
      deleted_at: now,
    })
    .compile();
}

function insertTask(
  store: Store,
  principal: Principal,
  sessionId: string,
  id: string,
  task: SessionDocument["tasks"][number],
  now: number,
): Write {
  const ended = isTerminalTaskState(task.state);
  return store.db
    .insertInto("tasks")
    .values({
      id,
      session_id: sessionId,
      owner_id: principal.userId,
      pos: task.pos,
      // What was under way stays with the server that it was under way on.
      state: ended ? task.state : "canceled",
      reason: ended ? task.reason : "superseded",
      prompt: task.prompt,
      model: task.model,
      attempt: task.attempt,
      crashes: 0,
      usage_json: task.usage === null ? null : JSON.stringify(task.usage),
      result: task.result,
      error_code: task.errorCode,
      error_message: task.errorMessage,
      created_at: task.createdAt,
      started_at: task.startedAt,
      ended_at: task.endedAt ?? now,
    })
    .compile();
}

function insertEvents(
  store: Store,
  sessionId: string,
  events: SessionDocument["events"],
  rename: (taskId: string | null) => string | null,
): Write {
  return store.db
    .insertInto("events")
    .values(
      events.map(({ seq, taskId, at, type, data }) => ({
        session_id: sessionId,
        seq,
        task_id: rename(taskId),
        attempt: null,
        type,
        block_id: blockIdOf(type, data),
        at,
        data: JSON.stringify(withRenamedTasks(type, data, rename)),
      })),
    )
    .compile();
}

/** Tasks are named in events too; the order of the fields stays, so that an export of the import is the same again. */
function withRenamedTasks(
  type: string,
  data: unknown,
  rename: (taskId: string | null) => string | null,
): unknown {
  if (type === "task.submitted") {
    const submitted = data as EventDataOf<"task.submitted">;
    return submitted.retryOf === undefined ? data : { ...submitted, retryOf: rename(submitted.retryOf) };
  }
  if (type === "task.updated") {
    const updated = data as EventDataOf<"task.updated">;
    const { beforeTaskId } = updated;
    return beforeTaskId === undefined ? data : { ...updated, beforeTaskId: rename(beforeTaskId) };
  }
  return data;
}

function blockIdOf(type: string, data: unknown): string | null {
  if (type === "text.delta" || type === "reasoning.delta") return (data as { blockId: string }).blockId;
  if (type === "tool.progress") return (data as { callId: string }).callId;
  return null;
}

function* chunks<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let start = 0; start < items.length; start += CHUNK) yield items.slice(start, start + CHUNK);
}
