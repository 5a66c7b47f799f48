import { constants } from "node:fs";
import { access, chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SHARED_DIRECTORY_FILE } from "./shared-directory.ts";

/** The data directory is unusable; the message says why and what to do. */
export class DataDirError extends Error {
  override readonly name = "DataDirError";
}

/** A running server's record for tools on its machine; removed on a clean stop. */
export interface ServerRecord {
  pid: number;
  url: string;
  /** Integer ms since the epoch. */
  startedAt: number;
  /** What its claims are known by in the store. */
  nodeId?: string;
}

/**
 * Makes the directory, for this user alone.
 * @param variable which names another one. @throws DataDirError
 */
export async function prepareDataDir(directory: string, variable = "TRUNKLINE_DATA_DIR"): Promise<void> {
  try {
    const isNew = await makeDirectory(directory);
    if (!isNew) await refuseForeign(directory, variable);
    const other = await otherOwner(directory);
    if (other !== null) {
      throw new DataDirError(
        `${directory} belongs to another user (uid ${other}); set ${variable} to a directory of your own`,
      );
    }
    await chmod(directory, 0o700);
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    if (cause instanceof DataDirError) throw cause;
    throw new DataDirError(
      `${directory} cannot be used (${problemOf(cause)}); set ${variable} to a directory that can be written`,
      { cause },
    );
  }
}

/**
 * For what works on a stopped server's directory, which root might do in passing: the server could not read what root writes.
 * @throws DataDirError where the directory is another user's
 */
export async function requireOwner(directory: string): Promise<void> {
  const other = await otherOwner(directory);
  if (other === null) return;
  throw new DataDirError(
    `${directory} belongs to another user (uid ${other}): run this command as that user, such as with sudo -u '#${other}'`,
  );
}

/** @returns the id of the user whose directory it is, if that is not this process's; null also if there is none */
async function otherOwner(directory: string): Promise<number | null> {
  const found = await stat(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return null;
  });
  const own = process.getuid?.();
  return found === null || own === undefined || found.uid === own ? null : found.uid;
}

/**
 * Level by level, because Node's recursive `mkdir` never returns below a directory that accepts none, such as /proc.
 * @returns whether it was not there yet.
 */
async function makeDirectory(path: string): Promise<boolean> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  if (stats?.isDirectory() === true) return false;
  if (stats !== undefined) throw Object.assign(new Error("it is not a directory"), { code: "ENOTDIR" });
  await makeDirectory(dirname(path));
  await mkdir(path, { mode: 0o700 });
  return true;
}

function problemOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "no directory can be created there";
  return code === "ENOTDIR" ? "it is not a directory" : message;
}

/** Files by which a directory is known as ours. */
const OURS = ["trunkline.db", "trunkline.lock", SHARED_DIRECTORY_FILE];

/** The directory is about to be closed to other users, which must not happen to a shared one such as /tmp. */
async function refuseForeign(directory: string, variable: string): Promise<void> {
  const { mode } = await stat(directory);
  const names = await readdir(directory);
  if ((mode & 0o077) === 0 || names.length === 0 || OURS.some((name) => names.includes(name))) return;
  throw new DataDirError(
    `${directory} holds other files and others may read it: if it is for Trunkline alone, run chmod 700 ${directory}; ` +
      `otherwise set ${variable} to a directory that is`,
  );
}

const recordPath = (dataDir: string): string => join(dataDir, "server.json");

/** Whole or not at all: readers never see half a file. */
export async function writeServerRecord(dataDir: string, record: ServerRecord): Promise<void> {
  const temporary = `${recordPath(dataDir)}.${record.pid}`;
  await writeFile(temporary, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  await rename(temporary, recordPath(dataDir));
}

export async function removeServerRecord(dataDir: string): Promise<void> {
  await rm(recordPath(dataDir), { force: true });
}

/** @returns who uses, or last used, the directory; undefined if there is no record. */
export async function readServerRecord(dataDir: string): Promise<ServerRecord | undefined> {
  try {
    return JSON.parse(await readFile(recordPath(dataDir), "utf8")) as ServerRecord;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
