/**
 * The writer thread: the only connection that writes, so that a slow fsync only delays commits. Uses writer-protocol.ts
 * to talk to writer.ts.
 */
import assert from "node:assert";
import { flushCompileCache } from "node:module";
import { dirname } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type Database from "better-sqlite3";
import { Ballast } from "./ballast.ts";
import { Checkpoints } from "./checkpoints.ts";
import { type Committer, createCommitter } from "./committer.ts";
import { isFullDisk, sqliteCodeOf } from "./fault.ts";
import { surviveFullDisk } from "./full-disk.ts";
import { openDatabase } from "./open-database.ts";
import { decodeCommits } from "./commit-message.ts";
import { createSearchBackfill } from "./search-backfill.ts";
import type { WriterReply, WriterRequest } from "./writer-protocol.ts";

assert(parentPort !== null);
const port = parentPort;
const { path } = workerData as { path: string };
const isFull = (error: unknown): boolean => isFullDisk(error, dirname(path));
const REST_MS = 10;
let isClosed = false;

guarded(() => {
  const database = openDatabase(path, "write");
  // Done by Checkpoints, which sees errors.
  database.pragma("wal_autocheckpoint = 0");
  const ballast = new Ballast(path);
  ballast.keep();
  const commitParts = createCommitter(database);
  const commit = surviveFullDisk({ database, ballast, commitParts, isFull });
  const checkpoints = new Checkpoints(database);
  port.on("message", (request: WriterRequest) =>
    guarded(() => handle(request, { database, commit, checkpoints })),
  );
  reply({ type: "ready" });
  indexWhatIsLeft(createSearchBackfill(database));
  flushCompileCache();
});

/** Between commits rather than before them: the thread rests as long as it works. */
function indexWhatIsLeft(step: () => boolean): void {
  const next = (): void => {
    if (isClosed) return;
    guarded(() => {
      let isMore = false;
      ignoringFullDisk(() => {
        isMore = step();
      });
      if (isMore) setTimeout(next, REST_MS);
    });
  };
  setTimeout(next, REST_MS);
}

function handle(
  request: WriterRequest,
  {
    database,
    commit,
    checkpoints,
  }: { database: Database.Database; commit: Committer; checkpoints: Checkpoints },
): void {
  switch (request.type) {
    case "commit":
      reply({ type: "committed", results: commit(decodeCommits(request.commits), request.at) });
      ignoringFullDisk(() => checkpoints.afterCommit());
      break;
    case "finish":
      ignoringFullDisk(() => checkpoints.finish());
      reply({ type: "finished" });
      break;
    case "close":
      isClosed = true;
      database.close();
      reply({ type: "closed" });
      port.close();
      break;
  }
}

/** For checkpoints: what the database has no space for stays in the log. */
function ignoringFullDisk(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

/** After any error the thread is deaf: a failed fsync is never retried. */
function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    port.removeAllListeners("message");
    reply({
      type: "broken",
      code: sqliteCodeOf(error) ?? "UNKNOWN",
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

function reply(message: WriterReply): void {
  port.postMessage(message);
}
