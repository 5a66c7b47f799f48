import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, lstat, mkdir, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { removeDirectory } from "../../common/remove-directory.ts";
import { prepareDataDir } from "../../data-dir/data-dir.ts";
import { lockDataDir } from "../sqlite/data-dir-lock.ts";
import { BackupError } from "./backup-error.ts";
import type { LeftOut } from "./left-out.ts";
import { checkFiles, readManifest } from "./manifest.ts";
import { loadPostgres, requireNoNodes } from "./postgres-tools.ts";
import { markRestored, unmarkRestored } from "./restore-mark.ts";
import { restoreDatabase, type RestoreOptions } from "./restore-database.ts";
import { redirectBorrowing } from "./redirect-borrowing.ts";
import { syncDirectory } from "./sync-directory.ts";
import { TAR_ENVIRONMENT } from "./tar-environment.ts";
import { RESTORING } from "./abandoned-restores.ts";
import { removeAbandoned, unfinishedName } from "./unfinished.ts";

export interface WholeRestoreSummary {
  /** What was there before, and is kept beside it. */
  replaced: string[];
  /** Tokens and signed-in browsers of the backup that work again, except those revoked in this data directory. */
  tokens: number;
  files: number;
  hasKeys: boolean;
  /** What the backup did not take; null: not recorded. */
  leftOut: LeftOut | null;
  /** Repositories, relative to the directory, that do not find what they borrow from their project's, for an error of the disk. */
  broken: string[];
}

/**
 * Puts a whole backup into a data directory, here or on another machine. What is there is kept beside it, under another name;
 * revocations of both hold. Nothing is changed before all of the backup was read and found to be what was written.
 * @throws BackupError, DataDirLockedError while a server runs on the directory, DataDirError
 */
export async function restoreEverything(
  backup: string,
  options: RestoreOptions & { dataDir: string; sharedDir: string; databaseUrl: string | undefined },
): Promise<WholeRestoreSummary> {
  const { dataDir, sharedDir, databaseUrl, ...restoring } = options;
  const manifest = await readManifest(backup);
  const engine = databaseUrl === undefined ? "sqlite" : "postgres";
  if (manifest.engine !== engine) {
    throw new BackupError(
      engine === "sqlite"
        ? "The backup is of PostgreSQL: set TRUNKLINE_DATABASE_URL to the database that takes it"
        : "The backup is of SQLite: restore it without TRUNKLINE_DATABASE_URL, then move it with 'trunkline migrate-store'",
    );
  }
  await checkFiles(backup, manifest);
  await prepareDataDir(sharedDir);
  await requireStopped(dataDir, databaseUrl);
  const incoming = join(sharedDir, unfinishedName(RESTORING));
  try {
    await removeDirectory(incoming);
    await removeAbandoned(sharedDir, (prefix) => prefix === RESTORING);
    await mkdir(incoming, { mode: 0o700 });
    for (const { name } of manifest.archives) await extract(join(backup, name), incoming);
    const broken = await redirectBorrowing(incoming, sharedDir);
    const database = join(backup, manifest.database.name);
    const restored =
      databaseUrl === undefined
        ? await restoreDatabase(dataDir, database, restoring)
        : await loadDatabase(database, databaseUrl, sharedDir, restoring);
    // A kill from here on leaves the database with some files of before: the same restore again completes it.
    const aside = await takeIn(dataDir, incoming, sharedDir);
    return {
      replaced: [...(restored.replaced === null ? [] : [restored.replaced]), ...aside],
      tokens: restored.tokens,
      files: manifest.archives.reduce((sum, { files }) => sum + files, 0),
      hasKeys: manifest.hasKeys,
      leftOut: manifest.leftOut ?? null,
      broken: broken.map(({ path }) => path),
    };
  } finally {
    // What has ended it is more than this: the next start removes what is left.
    await removeDirectory(incoming).catch(() => undefined);
  }
}

/** Before anything is put together for nothing. @throws BackupError, DataDirLockedError */
async function requireStopped(dataDir: string, databaseUrl: string | undefined): Promise<void> {
  if (databaseUrl !== undefined) await requireNoNodes(databaseUrl);
  await prepareDataDir(dataDir);
  using _lock = await lockDataDir(dataDir);
}

async function loadDatabase(
  file: string,
  url: string,
  sharedDir: string,
  { revokeTokens = false, resumeTasks = false }: RestoreOptions,
) {
  // Before the commit: nodes that are started too early cancel the tasks, too. And not before it is sure to come: the tasks of a
  // database that stays as it was go on.
  const tokens = await loadPostgres(url, file, {
    revokesAccess: revokeTokens,
    beforeCommit: async () => (resumeTasks ? unmarkRestored(sharedDir) : markRestored(sharedDir)),
  });
  return { replaced: null, tokens };
}

/** Into a directory of our own, in which nobody else writes. @throws BackupError */
async function extract(archive: string, directory: string): Promise<void> {
  const args = ["--extract", "--no-same-owner", "--preserve-permissions", "-f", archive, "-C", directory];
  const child = spawn("tar", args, { stdio: ["ignore", "ignore", "pipe"], env: TAR_ENVIRONMENT });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2_000);
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new BackupError(`${archive} can't be extracted: ${said.trim()}`);
}

/** @returns what was there, under its new name */
async function takeIn(dataDir: string, incoming: string, directory: string): Promise<string[]> {
  using _lock = await lockDataDir(dataDir);
  const suffix = `.replaced-${new Date().toISOString().replaceAll(":", "-")}`;
  const replaced: string[] = [];
  for (const name of await readdir(incoming)) {
    const path = join(directory, name);
    if (name === "revocations") {
      await appendFile(path, await readFile(join(incoming, name)), { mode: 0o600, flush: true });
      continue;
    }
    const isThere = await lstat(path).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return false;
        throw error;
      },
    );
    if (isThere) {
      await rename(path, path + suffix);
      replaced.push(path + suffix);
    }
    await rename(join(incoming, name), path);
  }
  await syncDirectory(directory);
  return replaced;
}
