import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { databasePath } from "../sqlite/database-path.ts";
import { archiveFiles, KEY_FILE } from "./archive-files.ts";
import { BackupError } from "./backup-error.ts";
import { copyDatabase, type CopyProgress } from "./copy-database.ts";
import type { LeftOut } from "./left-out.ts";
import { hashOf, writeManifest } from "./manifest.ts";
import { dumpPostgres } from "./postgres-tools.ts";
import { syncDirectory } from "./sync-directory.ts";
import { removeAbandoned, unfinishedName } from "./unfinished.ts";

export interface WholeBackupOptions {
  dataDir: string;
  /** Where workspaces and attachments are; on one node the data directory. */
  sharedDir: string;
  /** Of PostgreSQL; absent: the database is in the data directory. */
  databaseUrl: string | undefined;
  /** Whether the key of encrypted credentials goes along: whoever has the backup can then read them. */
  withKeys: boolean;
  /** Whose backup it is; absent: one that nobody removes by itself. */
  installation?: string | undefined;
  onProgress?: ((progress: CopyProgress) => void) | undefined;
}

export interface WholeBackupSummary {
  directory: string;
  bytes: number;
  files: number;
  leftOut: LeftOut;
}

/**
 * Backs up the database and all files that belong to it into a directory, beside a running server. The database first: what it
 * names is on the disk before it is named. The directory has its name once it is complete.
 * @throws BackupError
 */
export async function backupEverything(
  directory: string,
  { dataDir, sharedDir, databaseUrl, withKeys, installation, onProgress }: WholeBackupOptions,
): Promise<WholeBackupSummary> {
  const target = resolve(directory);
  if (await isThere(target))
    throw new BackupError(`${target} already exists; choose another name for the backup`);
  if (databaseUrl === undefined && !(await isThere(databasePath(dataDir)))) {
    throw new BackupError(`There is no database in ${dataDir}`);
  }
  const prefix = `${basename(target)}.partial-`;
  const partial = join(dirname(target), unfinishedName(prefix));
  try {
    await rm(partial, { recursive: true, force: true });
    await removeAbandoned(dirname(target), (found) => found === prefix);
    await mkdir(partial, { mode: 0o700 });
    const name = databaseUrl === undefined ? "trunkline.db" : "trunkline.dump";
    const database = join(partial, name);
    const keys = await readKeys(sharedDir, withKeys);
    if (databaseUrl === undefined) await copyDatabase(databasePath(dataDir), database, onProgress);
    else await dumpPostgres(databaseUrl, database);
    const inside = relative(sharedDir, dirname(target));
    const except = inside.startsWith("..") ? [] : [inside === "" ? relative(sharedDir, partial) : inside];
    const { archives, leftOut } = await archiveFiles({
      directory: sharedDir,
      to: partial,
      withKeys,
      except,
    });
    if ((await readKeys(sharedDir, withKeys)) !== keys) {
      throw new BackupError("The key of credentials was replaced meanwhile: start the backup again");
    }
    const { size } = await stat(database);
    await writeManifest(partial, {
      format: 1,
      createdAt: Date.now(),
      installation,
      directory: sharedDir,
      engine: databaseUrl === undefined ? "sqlite" : "postgres",
      database: { name, sha256: await hashOf(database), bytes: size },
      archives,
      leftOut,
      hasKeys: withKeys,
    });
    await syncDirectory(partial);
    await rename(partial, target);
    await syncDirectory(dirname(target));
    const total = archives.reduce((sum, { bytes }) => sum + bytes, size);
    const files = archives.reduce((sum, archive) => sum + archive.files, 0);
    return { directory: target, bytes: total, files, leftOut };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (error instanceof BackupError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new BackupError(`${target} cannot be written: ${detail}`, { cause: error });
  }
}

/** Those that the archives have must be those that the database was sealed with. @returns null: none are taken along, or there are none */
async function readKeys(sharedDir: string, withKeys: boolean): Promise<string | null> {
  if (!withKeys) return null;
  return readFile(join(sharedDir, KEY_FILE), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}
