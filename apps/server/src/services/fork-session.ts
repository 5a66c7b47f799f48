import { constants } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { type ForkSessionInput, type Principal, type Session, TrunklineError } from "@trunkline/contract";
import { type Kysely, sql } from "kysely";
import type { Log } from "../log/port.ts";
import type { Store, Write } from "../store/port.ts";
import type { Database } from "../store/schema.ts";
import { newSession } from "./new-session.ts";
import { requireSession } from "./ownership.ts";
import { unfinishedIn } from "./unfinished.ts";

interface ForkDeps {
  store: Store;
  log: Log;
  workspacesDir: string;
  now: () => number;
}

/**
 * The fork is a log that starts as a prefix of its parent's: the same events under the same seqs. What the prefix
 * leaves unfinished is closed as canceled, since the run it belongs to stays with the parent. Tasks stay the parent's
 * too, so no usage is counted twice. The workspace is copied as it is now: files have no history.
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
  const fork = newSession(store.db, {
    ownerId: principal.userId,
    title: input.title ?? parent.title,
    model: parent.model,
    parent: { id: parent.id, atSeq, importedSeq: await readImportedSeq(store.db, parent.id) },
    workspacesDir: deps.workspacesDir,
    now,
  });
  await copyWorkspace(parent.workspace, fork.workspace);
  const closing = await unfinishedIn(store.db, parent.id, atSeq, now, "fork");
  try {
    await log.append({
      sessionId: fork.id,
      events: [
        ...closing.events,
        { taskId: null, type: "session.forked", data: { parentId: parent.id, atSeq } },
      ],
      endedBlocks: closing.endedBlocks,
      writes: [fork.write, copyPrefix(store.db, parent.id, fork.id, atSeq)],
    });
  } catch (error) {
    await rm(fork.workspace, { recursive: true, force: true });
    throw error;
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

function copyPrefix(db: Kysely<Database>, parentId: string, forkId: string, atSeq: number): Write {
  const { sql: text, parameters } = sql`
    insert into events (session_id, seq, task_id, attempt, type, block_id, at, data)
    select ${forkId}, seq, task_id, attempt, type, block_id, at, data
    from events where session_id = ${parentId} and seq <= ${atSeq}`.compile(db);
  return { sql: text, parameters };
}

/** Copy-on-write where the file system can; a session that never ran a tool has no directory yet. */
async function copyWorkspace(from: string, to: string): Promise<void> {
  try {
    await cp(from, to, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
