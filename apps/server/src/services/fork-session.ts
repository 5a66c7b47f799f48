import { rm } from "node:fs/promises";
import { type ForkSessionInput, type Principal, type Session, TrunklineError } from "@trunkline/contract";
import { type Kysely, sql } from "kysely";
import type { Log } from "../log/port.ts";
import { GuardFailedError, type Store, type Write } from "../store/port.ts";
import type { Database } from "../store/schema.ts";
import { logChunks } from "./log-chunks.ts";
import { newSession } from "./new-session.ts";
import { requireSession } from "./ownership.ts";
import { removeRows } from "./remove-rows.ts";
import { unfinishedIn } from "./unfinished.ts";

interface ForkDeps {
  store: Store;
  log: Log;
  workspacesDir: string;
  /** Copies all that is in a session's directory to where nothing is yet. */
  copyWorkspace: (from: string, to: string) => Promise<void>;
  now: () => number;
}

/**
 * The fork is a log that starts as a prefix of its parent's: the same events under the same seqs. What the prefix
 * leaves unfinished is closed as canceled, since the run it belongs to stays with the parent. Tasks stay the parent's
 * too, so no usage is counted twice. The workspace is copied as it is now: files have no history.
 *
 * It is built out of sight, as an import is, and shown by the last commit: a long log is copied in many.
 */
export async function forkSession(
  deps: ForkDeps,
  principal: Principal,
  input: ForkSessionInput,
): Promise<Session> {
  const { store, log } = deps;
  const parent = await requireSession(store.db, principal, input.sessionId);
  const atSeq = input.atSeq ?? parent.lastSeq;
  if (atSeq > parent.lastSeq) {
    throw new TrunklineError(
      "cursor_invalid",
      `atSeq ${atSeq} is past the end of the session (${parent.lastSeq})`,
    );
  }
  const now = deps.now();
  // Before anything is copied: a block that ends meanwhile takes its pieces with it.
  const closing = await unfinishedIn(store.db, parent.id, atSeq, now, "fork");
  const fork = newSession(store.db, {
    ownerId: principal.userId,
    title: input.title ?? parent.title,
    model: parent.model,
    parent: { id: parent.id, atSeq, importedSeq: await readImportedSeq(store.db, parent.id) },
    workspacesDir: deps.workspacesDir,
    isHidden: true,
    now,
  });
  await store.write([fork.write]);
  try {
    await deps.copyWorkspace(parent.workspace, fork.workspace);
    for await (const { after, end } of logChunks(store.db, parent.id, atSeq)) {
      await store.write([copyEvents(store.db, parent.id, fork.id, after, end)]);
    }
    await log.append({
      sessionId: fork.id,
      events: [
        ...closing.events,
        { taskId: null, type: "session.forked", data: { parentId: parent.id, atSeq } },
      ],
      endedBlocks: closing.endedBlocks,
      writes: [show(store.db, parent.id, fork.id)],
    });
  } catch (error) {
    await rm(fork.workspace, { recursive: true, force: true });
    await removeRows(store, fork.id);
    if (!(error instanceof GuardFailedError)) throw error;
    throw new TrunklineError("not_found", `Session ${parent.id} was deleted while it was being forked`, {
      cause: error,
    });
  }
  return requireSession(store.db, principal, fork.id);
}

/** @returns up to where the parent's own log came from elsewhere: so does the fork's. */
async function readImportedSeq(db: Kysely<Database>, sessionId: string): Promise<number> {
  const { imported_seq } = await db
    .selectFrom("sessions")
    .select("imported_seq")
    .where("id", "=", sessionId)
    .executeTakeFirstOrThrow();
  return imported_seq;
}

function copyEvents(
  db: Kysely<Database>,
  parentId: string,
  forkId: string,
  after: number,
  end: number,
): Write {
  const { sql: text, parameters } = sql`
    insert into events (session_id, seq, task_id, attempt, type, block_id, at, data)
    select ${forkId}, seq, task_id, attempt, type, block_id, at, data
    from events where session_id = ${parentId} and seq > ${after} and seq <= ${end}`.compile(db);
  return { sql: text, parameters };
}

/** Refused where the parent is being removed, perhaps before all of its log was copied. */
function show(db: Kysely<Database>, parentId: string, forkId: string): Write {
  const { sql: text, parameters } = sql`
    update sessions set deleted_at = null where id = ${forkId}
      and exists (select 1 from sessions as parent where parent.id = ${parentId} and parent.deleted_at is null)`.compile(
    db,
  );
  return { sql: text, parameters, expectRows: 1 };
}
