import type Database from "better-sqlite3";
import type { StoredRows } from "../verify/verify-session.ts";
import {
  type SessionSnapshot,
  type StoredEventRow,
  type VerifyProgress,
  type VerifyReport,
  type VerifySource,
  verifyStore,
} from "../verify/verify-store.ts";
import { openDatabase } from "./open-database.ts";

/** Verifies a database file. */
export async function verifyDatabase(
  path: string,
  onProgress?: (progress: VerifyProgress) => void,
): Promise<VerifyReport> {
  const database = openDatabase(path, "read");
  try {
    return await verifyStore(createSource(database), onProgress);
  } finally {
    database.close();
  }
}

function createSource(database: Database.Database): VerifySource {
  const begin = database.prepare("begin");
  const commit = database.prepare("commit");
  const ids = database.prepare("select id from sessions where deleted_at is null order by id").pluck();
  const origin = database.prepare(
    "select type, seq from events where session_id = ? and type in ('session.forked', 'session.imported') order by seq desc limit 1",
  );
  const events = database.prepare(
    "select session_id as sessionId, seq, task_id as taskId, at, type, data from events where session_id = ? and seq >= ? order by seq",
  );
  const session = database.prepare("select * from sessions where id = ?");
  const ofSession = (table: string) => database.prepare(`select * from ${table} where session_id = ?`);
  /** Those shared with a fork's parent are not part of its own history. */
  const blobRefs = database.prepare("select * from blob_refs where session_id = ? and seq >= ?");
  const [tasks, approvals, questions, usage] = ["tasks", "approvals", "questions", "usage"].map(ofSession);

  return {
    sessionIds: async () => ids.all() as string[],
    async snapshot(id, work) {
      begin.run();
      try {
        return await work({
          origin: origin.get(id) as SessionSnapshot["origin"],
          rows: async (fromSeq) =>
            ({
              sessions: session.all(id),
              tasks: tasks?.all(id),
              approvals: approvals?.all(id),
              questions: questions?.all(id),
              usage: usage?.all(id),
              blob_refs: blobRefs.all(id, fromSeq),
            }) as StoredRows,
          async *log(fromSeq) {
            yield* events.iterate(id, fromSeq) as IterableIterator<StoredEventRow>;
          },
        });
      } finally {
        commit.run();
      }
    },
  };
}
