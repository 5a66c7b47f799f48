import { constants } from "node:fs";
import { access, chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The data directory cannot be used; the message says why and what to do. */
export class DataDirError extends Error {
  override readonly name = "DataDirError";
}

/** What a running server tells the tools of its machine; removed when it stops in order. */
export interface ServerRecord {
  pid: number;
  url: string;
  /** Integer ms since the epoch. */
  startedAt: number;
  /** What its claims are known by in the store. */
  nodeId?: string;
}

/** Makes the directory, for this user alone. @throws DataDirError */
export async function prepareDataDir(dataDir: string): Promise<void> {
  try {
    const isNew = (await mkdir(dataDir, { recursive: true, mode: 0o700 })) !== undefined;
    if (!isNew) await refuseForeign(dataDir);
    const { uid } = await stat(dataDir);
    const own = process.getuid?.();
    if (own !== undefined && uid !== own) {
      throw new DataDirError(
        `${dataDir} belongs to another user (uid ${uid}); set TRUNKLINE_DATA_DIR to a directory of your own`,
      );
    }
    await chmod(dataDir, 0o700);
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    if (cause instanceof DataDirError) throw cause;
    throw new DataDirError(
      `${dataDir} cannot be written (${(cause as Error).message}); set TRUNKLINE_DATA_DIR to a directory that can`,
      { cause },
    );
  }
}

/**
 * The directory is about to be closed to everybody else, which must not happen to one that others use, such as /tmp.
 */
async function refuseForeign(dataDir: string): Promise<void> {
  const { mode } = await stat(dataDir);
  const names = await readdir(dataDir);
  if ((mode & 0o077) === 0 || names.length === 0 || names.includes("trunkline.db")) return;
  throw new DataDirError(
    `${dataDir} holds other files and others may read it; set TRUNKLINE_DATA_DIR to a directory for Trunkline alone`,
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

/** @returns who holds, or last held, the directory; undefined where nobody said so. */
export async function readServerRecord(dataDir: string): Promise<ServerRecord | undefined> {
  try {
    return JSON.parse(await readFile(recordPath(dataDir), "utf8")) as ServerRecord;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
