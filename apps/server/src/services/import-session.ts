import type {
  EventDataOf,
  ImportSessionInput,
  ImportSessionOutput,
  Principal,
  SessionDocument,
} from "@trunkline/contract";
import { TrunklineError } from "@trunkline/contract";
import { EVENT_TYPES, type EventType, parseEventData } from "@trunkline/contract/schemas";
import { v7 as uuidv7 } from "uuid";
import type { Audit } from "../audit/port.ts";
import type { Log } from "../log/port.ts";
import { GuardFailedError, type ImportedEvent, type Store, UniqueViolationError } from "../store/port.ts";
import { requireSession } from "./ownership.ts";
import { toSession } from "./session-view.ts";
import { unfinishedIn } from "./unfinished.ts";

interface ImportDeps {
  store: Store;
  log: Log;
  audit: Audit;
  dataDir: string;
  now: () => number;
}

/** Events in one commit: an import holds up nobody else's for long. */
const CHUNK = 500;

/**
 * Stores a document as a new session, whose rows follow from its events. It is built out of sight (as one that is being
 * deleted, so a crash on the way leaves nothing behind) and shown by the last commit.
 * @throws TrunklineError `validation_failed` naming the event that is not of the contract.
 */
export async function importSession(
  deps: ImportDeps,
  principal: Principal,
  { document, importKey }: ImportSessionInput,
): Promise<ImportSessionOutput> {
  const { store, dataDir } = deps;
  const answer = async (id: string, created: boolean): Promise<ImportSessionOutput> => ({
    session: toSession(dataDir, await requireSession(store, principal, id)),
    created,
  });
  const findEarlier = async () =>
    importKey === undefined ? undefined : store.sessions.importedAs(principal.userId, importKey);
  const earlier = await findEarlier();
  if (earlier !== undefined) return answer(earlier, false);

  assertEvents(document);
  const id = uuidv7();
  try {
    const hidden = { id, ownerId: principal.userId, at: deps.now() };
    await store.sessions.begin(importKey === undefined ? hidden : { ...hidden, importKey });
  } catch (error) {
    if (!(error instanceof UniqueViolationError)) throw error;
    const winner = await findEarlier();
    if (winner === undefined) throw error;
    return answer(winner, false);
  }
  try {
    await fill(deps, principal, id, document);
  } catch (error) {
    // The import key is free again for another try.
    await store.sessions.remove(id);
    if (error instanceof GuardFailedError || error instanceof UniqueViolationError) {
      throw invalid(`events: they tell of tasks what cannot have been (${error.message})`, error);
    }
    throw error;
  }
  return answer(id, true);
}

/** Stores what the document holds, and shows the session with the last commit. */
async function fill(
  { store, log, audit, now }: ImportDeps,
  principal: Principal,
  id: string,
  document: SessionDocument,
): Promise<void> {
  const taskIds = new Map<string, string>();
  const rename = (taskId: string | null): string | null => {
    if (taskId === null) return null;
    const renamed = taskIds.get(taskId) ?? uuidv7();
    taskIds.set(taskId, renamed);
    return renamed;
  };
  for (const events of chunks(document.events)) {
    await store.sessions.insertLog(
      id,
      events.map(({ seq, taskId, at, type, data }) => {
        const renamed = withRenamedTasks(type, data, rename);
        return { seq, taskId: rename(taskId), at, type, data: renamed } as ImportedEvent;
      }),
    );
  }
  const lastSeq = document.events.at(-1)?.seq ?? 0;
  const closing = await unfinishedIn(store, id, lastSeq, now(), "import");
  const { title, agent, model, createdAt, updatedAt } = document.session;
  const imported = { title, agent, model, createdAt, updatedAt };
  await log.append(id, [...closing.events, { taskId: null, type: "session.imported", data: imported }], {
    endedBlocks: closing.endedBlocks,
    ownerId: principal.userId,
    reveals: true,
    audit: audit.entry({ by: principal, action: "session.import", target: id, decision: "allowed" }),
  });
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

function* chunks<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let start = 0; start < items.length; start += CHUNK) yield items.slice(start, start + CHUNK);
}
