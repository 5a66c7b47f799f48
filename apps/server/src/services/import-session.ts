import type { EventDataOf, ImportSessionOutput, Principal } from "@trunkline/contract";
import { TrunklineError } from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import type { Audit } from "../audit/port.ts";
import { requireCallerStillMay } from "../fairness/caller.ts";
import type { Compute, Job } from "../compute/port.ts";
import type { Log } from "../log/port.ts";
import type { RedactEvent } from "../secrets/port.ts";
import { GuardFailedError, type ImportedEvent, type Store, UniqueViolationError } from "../store/port.ts";
import type checkDocument from "./import/check-document-job.ts";
import type { CheckedDocument } from "./import/check-document-job.ts";
import { readEventLines } from "./import/event-lines.ts";
import { type ImportSpool, noRoom, type Spooled } from "./import/import-spool.ts";
import { discardSession, type RemoveSessionDeps } from "./delete-session.ts";
import { inTurn } from "./in-turn.ts";
import { requireSession } from "./ownership.ts";
import { toSession } from "./session-view.ts";
import { unfinishedIn } from "./unfinished.ts";

export interface ImportDeps extends RemoveSessionDeps {
  log: Log;
  audit: Audit;
  compute: Compute;
  spool: ImportSpool;
  /** A document may contain the server's own secrets, which must not enter the log this way either. */
  redact: RedactEvent;
  /** Throws where this user's may take no more of the disk. */
  requireRoom: (userId: string) => void;
  now: () => number;
  /** This node's id. */
  nodeId: string;
}

const CHECK: Job<typeof checkDocument> = {
  name: "check an imported document",
  module: new URL("./import/check-document-job.ts", import.meta.url),
  kind: "long",
};

/** Timeout of validation: it reads some 5 MB per second, ten times less on a busy machine. */
const CHECK_MS = 60_000;
const CHECK_MS_PER_MB = 2_000;

/**
 * Stores a document as a new session, whose rows follow from its events. Everything is validated before anything is
 * stored; then the session is filled while hidden (like one being deleted, so a crash leaves nothing behind) and made
 * visible by the last commit.
 * @param source the document, or `{ document, importKey }`, as JSON.
 * @throws TrunklineError `validation_failed` with what is wrong.
 */
export async function importSession(
  deps: ImportDeps,
  principal: Principal,
  source: AsyncIterable<Uint8Array>,
  { importKey: givenKey }: { importKey: string | undefined },
): Promise<ImportSessionOutput> {
  deps.requireRoom(principal.userId);
  await using files = await deps.spool.receive(principal.userId, source);
  const checked = await check(deps, principal, files);
  if (givenKey !== undefined) {
    if (checked.importKey !== null) throw invalid("importKey: give it once, in the query or in the body");
    checked.importKey = givenKey;
  }
  const { importKey } = checked;
  const store = async (): Promise<ImportSessionOutput> => storeChecked(deps, principal, checked, files);
  // The others wait for the first one, and answer with it.
  if (importKey === null) return await store();
  return await inTurn(deps.store, `import ${principal.userId} ${importKey}`, store);
}

async function storeChecked(
  deps: ImportDeps,
  principal: Principal,
  checked: CheckedDocument,
  files: Spooled,
): Promise<ImportSessionOutput> {
  const answer = async (id: string, created: boolean): Promise<ImportSessionOutput> => ({
    session: toSession(deps.dataDir, await requireSession(deps.store, principal, id)),
    created,
  });
  const earlier = await findEarlier(deps.store, principal, checked);
  if (earlier !== undefined) return await answer(earlier, false);

  const { store, now } = deps;
  const id = uuidv7();
  try {
    const hidden = { id, ownerId: principal.userId, at: now(), hiddenBy: deps.nodeId };
    const { importKey } = checked;
    await store.sessions.begin(importKey === null ? hidden : { ...hidden, importKey });
  } catch (error) {
    if (!(error instanceof UniqueViolationError)) throw error;
    throw new TrunklineError(
      "unavailable",
      "What was imported under this key is being deleted at the moment. Try again once it is gone",
      { cause: error },
    );
  }
  try {
    await fill(deps, principal, id, checked, files);
  } catch (error) {
    // Free the import key for another attempt.
    await discardSession(deps, id, error);
    if (error instanceof GuardFailedError && error.guard === "session") throw lost(error);
    if (error instanceof GuardFailedError || error instanceof UniqueViolationError) {
      throw invalid(`events: they tell of tasks what cannot have been (${error.message})`, error);
    }
    throw error;
  }
  return await answer(id, true);
}

async function check(
  { compute, now }: ImportDeps,
  principal: Principal,
  { received, checked, bytes }: Spooled,
): Promise<CheckedDocument> {
  const outcome = await compute.run(
    CHECK,
    { from: received, to: checked, now: now() },
    { owner: principal.userId, deadlineMs: CHECK_MS + Math.ceil(bytes / 1_000_000) * CHECK_MS_PER_MB },
  );
  if (outcome === "disk full") throw noRoom();
  if ("refused" in outcome) throw invalid(outcome.refused);
  return outcome;
}

/** @returns the session of an earlier import of this document. @throws TrunklineError if it was another document. */
async function findEarlier(
  store: Store,
  principal: Principal,
  { importKey, hash }: CheckedDocument,
): Promise<string | undefined> {
  if (importKey === null) return undefined;
  const id = await store.sessions.importedAs(principal.userId, importKey);
  if (id === undefined) return undefined;
  const imported = await store.events.last(id, ["session.imported"]);
  // Missing in imports by earlier versions.
  const { documentHash = hash } = imported?.data ?? {};
  if (documentHash !== hash) {
    throw new TrunklineError(
      "idempotency_conflict",
      `Another document was imported under the key '${importKey}'; choose another key`,
    );
  }
  return id;
}

/** Stores the document's contents, and makes the session visible with the last commit. */
async function fill(
  { store, log, audit, redact, now }: ImportDeps,
  principal: Principal,
  id: string,
  { session, lastSeq, hash }: CheckedDocument,
  files: Spooled,
): Promise<void> {
  const taskIds = new Map<string, string>();
  const rename = (taskId: string | null): string | null => {
    if (taskId === null) return null;
    const renamed = taskIds.get(taskId) ?? uuidv7();
    taskIds.set(taskId, renamed);
    return renamed;
  };
  for await (const events of readEventLines(files.checked)) {
    await store.sessions.insertLog(
      id,
      events.map(({ seq, taskId, at, type, data }) => {
        const renamed = withRenamedTasks(type, data, rename);
        return redact({ seq, taskId: rename(taskId), at, type, data: renamed } as ImportedEvent);
      }),
    );
  }
  const closing = await unfinishedIn(store, id, lastSeq, now(), "import");
  // A large document takes minutes.
  await requireCallerStillMay();
  const { title, agent, model, createdAt, updatedAt } = session;
  const imported = { title, agent, model, createdAt, updatedAt, documentHash: hash };
  await log.append(id, [...closing.events, { taskId: null, type: "session.imported", data: imported }], {
    endedBlocks: closing.endedBlocks,
    ownerId: principal.userId,
    reveals: true,
    audit: audit.entry({ by: principal, action: "session.import", target: id, decision: "allowed" }),
  });
}

/** This node was away for so long that others have removed what it filled. */
function lost(cause: unknown): TrunklineError {
  return new TrunklineError("unavailable", "The import was interrupted; nothing of it is stored. Try again", {
    cause,
  });
}

function invalid(message: string, cause?: unknown): TrunklineError {
  return new TrunklineError("validation_failed", message, { cause });
}

/** Events refer to tasks, too; field order is kept, so that exporting the import gives the same document. */
function withRenamedTasks(
  type: string,
  data: unknown,
  rename: (taskId: string | null) => string | null,
): unknown {
  if (type === "task.submitted") {
    const submitted = data as EventDataOf<"task.submitted">;
    return withRenamed(submitted, ["retryOf", "steers"], rename);
  }
  if (type === "task.updated") {
    return withRenamed(data as EventDataOf<"task.updated">, ["beforeTaskId", "steers"], rename);
  }
  if (type === "task.steered") {
    return withRenamed(data as EventDataOf<"task.steered">, ["steeredTaskId"], rename);
  }
  return data;
}

function withRenamed<Data extends object>(
  data: Data,
  names: readonly (keyof Data)[],
  rename: (taskId: string | null) => string | null,
): Data {
  const ids = names.filter((name) => data[name] !== undefined);
  const entries = ids.map((name) => [name, rename(data[name] as string | null)]);
  return { ...data, ...(Object.fromEntries(entries) as Partial<Data>) };
}
