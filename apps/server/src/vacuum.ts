/** Entry point for the CLI: `@trunkline/server/vacuum`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { openBlobFiles } from "./blobs/blob-files.ts";
import { createBlobs } from "./blobs/blobs.ts";
import { adoptProcesses } from "./compose/adopt-processes.ts";
import { openGit } from "./git/open-git.ts";
import type { Git } from "./git/port.ts";
import { findOrphans, measure } from "./data-dir/orphaned-directories.ts";
import { type Repacked, repackMirrors } from "./projects/repack-mirrors.ts";
import { removeDirectory } from "./common/remove-directory.ts";
import { requireOwner } from "./data-dir/data-dir.ts";
import { requireOwnDirectory } from "./data-dir/shared-directory.ts";
import { BackupError } from "./store/backup/backup-error.ts";
import { isAnyKept } from "./store/backup/kept-databases.ts";
import type { Store } from "./store/port.ts";
import { liveNodes } from "./store/postgres/live-nodes.ts";
import { openPostgresStore } from "./store/postgres/postgres-store.ts";
import { lockDataDir } from "./store/sqlite/data-dir-lock.ts";
import { databasePath } from "./store/sqlite/database-path.ts";
import { openSqliteStore } from "./store/sqlite/sqlite-store.ts";
import { reclaimPostgres } from "./store/vacuum/reclaim-postgres.ts";
import { type Reclaimed, reclaimSqlite } from "./store/vacuum/reclaim-sqlite.ts";
import { createBareSpawner } from "./tools/process/bare-spawner.ts";
import { findProgram } from "./tools/sandbox/find-program.ts";

export interface VacuumOptions {
  dataDir: string;
  sharedDir: string;
  databaseUrl: string | undefined;
  /** Search path, for git. */
  path: string;
  /** Only says what is there to be removed. */
  isDryRun: boolean;
  onProgress?: (doing: "files" | "attachments" | "mirrors" | "database") => void;
}

export interface VacuumSummary {
  /** Of sessions and projects that are gone. */
  directories: { place: string; count: number; bytes: number }[];
  /** Attachments that nothing refers to; null where that was not looked at. */
  attachments: { count: number; bytes: number } | null;
  /** Projects' repositories; null where they were not looked at. */
  mirrors: Repacked | null;
  /** Null where it was not looked at. */
  database: Reclaimed | null;
}

/**
 * Gives back the space of what is gone: holes of the database, attachments, and directories that no session or project of the
 * store has; and makes one pack of a project's many. Killed at any moment, it has removed less.
 * @throws BackupError, DataDirLockedError if a server runs, or the directory is not this store's
 */
export async function vacuum(options: VacuumOptions): Promise<VacuumSummary> {
  const { dataDir, sharedDir, databaseUrl, path, isDryRun, onProgress } = options;
  if (databaseUrl === undefined && !existsSync(databasePath(dataDir))) {
    throw new BackupError(`There is no database in ${dataDir}`);
  }
  for (const directory of new Set([dataDir, sharedDir])) await requireOwner(directory);
  using _lock = await lockDataDir(dataDir);
  if (databaseUrl === undefined && (await isAnyKept(databasePath(dataDir)))) {
    throw new BackupError(
      `A restore has kept the database that it replaced in ${dataDir} (trunkline.db.replaced-…). What only that one names would be ` +
        "removed: remove it first if you don't go back to it, or move it elsewhere",
    );
  }
  const live = databaseUrl === undefined ? [] : await liveNodes(databaseUrl);
  if (live.length > 0)
    throw new BackupError(`Stop all nodes first: ${live.join(", ")} still runs on the database`);
  const summary: VacuumSummary = { directories: [], attachments: null, mirrors: null, database: null };
  const store = await openStore(dataDir, databaseUrl);
  try {
    await requireOwnDirectory(sharedDir, store.sharedDirectory);
    onProgress?.("files");
    let known = 0;
    const orphans = await findOrphans(sharedDir, async (kind, ids) => {
      const owners = await (kind === "session" ? store.sessions : store.projects).ownersOf(ids);
      known += owners.size;
      return new Set(owners.keys());
    });
    const count = orphans.reduce((sum, { paths }) => sum + paths.length, 0);
    if (known === 0 && count >= SUSPICIOUS) {
      throw new BackupError(
        `None of the ${count} directories in ${sharedDir} belongs to a session or project of this database. Is it the right ` +
          "one? Look at --data-dir, TRUNKLINE_SHARED_DIR and TRUNKLINE_DATABASE_URL; nothing was removed",
      );
    }
    for (const { place, paths, bytes } of orphans) {
      if (!isDryRun) for (const orphan of paths) await removeOrphan(orphan);
      summary.directories.push({ place, count: paths.length, bytes });
    }
    if (!isDryRun) {
      onProgress?.("attachments");
      summary.attachments = await collectAttachments(join(sharedDir, "blobs"), store);
    }
  } finally {
    await store.close();
  }
  if (isDryRun) return summary;
  onProgress?.("mirrors");
  summary.mirrors = await repackMirrors(await openOwnGit(dataDir, path), sharedDir);
  onProgress?.("database");
  summary.database =
    databaseUrl === undefined
      ? await reclaimSqlite(databasePath(dataDir))
      : await reclaimPostgres(databaseUrl);
  return summary;
}

async function openStore(dataDir: string, databaseUrl: string | undefined): Promise<Store> {
  if (databaseUrl !== undefined) return openPostgresStore({ url: databaseUrl, node: "vacuum", logger });
  return openSqliteStore({
    path: databasePath(dataDir),
    now: Date.now,
    onFatal(error) {
      throw error;
    },
  });
}

/** Ends first what a server that was killed has left at work in its repositories. */
async function openOwnGit(dataDir: string, path: string): Promise<Git> {
  const spawner = createBareSpawner(await adoptProcesses(dataDir, logger));
  const program = await findProgram("git", path);
  return openGit({ sandboxed: spawner, own: spawner, program, path, dataDir, logger });
}

/** Trash is removed by removing once more what it was. */
async function removeOrphan(path: string): Promise<void> {
  await removeDirectory(path.replace(/\.removing-([^/]*)$/, "$1"));
}

/** Those that a running server would have collected within the hour, and files that it lost track of. */
async function collectAttachments(
  directory: string,
  store: Store,
): Promise<{ count: number; bytes: number }> {
  const before = await measure(directory);
  const files = await openBlobFiles(directory);
  await createBlobs({ store: store.blobs, files, logger, now: Date.now }).collect();
  const after = await measure(directory);
  return { count: before.files - after.files, bytes: before.bytes - after.bytes };
}

/** So many directories, and none of them known: rather another store's than leftovers. */
const SUSPICIOUS = 10;

const logger = pino({ level: "silent" });
