import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { syncDirectory } from "./sync-directory.ts";

/**
 * Marks a database as restored until a server has started on it. Tasks queued or running at the time of the backup may
 * have been completed since by the original server, so they are not run again unasked.
 */
const markPath = (dataDir: string): string => join(dataDir, "restored");

/** In the mark of a database that is yet to take its place, beside one that is not marked. */
const COMING = "coming";

export async function markRestored(dataDir: string): Promise<void> {
  await writeFile(markPath(dataDir), "", { mode: 0o600 });
}

/**
 * Marks the database that is about to be renamed into its place, so that it is marked as soon as it is there. Until then the
 * mark says nothing of the one before, unless that has it, too.
 */
export async function markComing(dataDir: string): Promise<void> {
  if (!(await isMarkedRestored(dataDir)))
    await writeFile(markPath(dataDir), COMING, { mode: 0o600, flush: true });
  await syncDirectory(dataDir);
}

/**
 * Decides what a restore that was killed has left. To be called before the database that it has put together is removed.
 * @param incoming where that is; the rename takes it away
 */
export async function settleComing(dataDir: string, incoming: string): Promise<void> {
  const mark = await readFile(markPath(dataDir), "utf8").catch(unlessMissing);
  if (mark !== COMING) return;
  if ((await stat(incoming).catch(unlessMissing)) === undefined) return await markRestored(dataDir);
  await unmarkRestored(dataDir);
  await syncDirectory(dataDir);
}

export async function isMarkedRestored(dataDir: string): Promise<boolean> {
  return (await stat(markPath(dataDir)).catch(unlessMissing)) !== undefined;
}

export async function unmarkRestored(dataDir: string): Promise<void> {
  await rm(markPath(dataDir), { force: true });
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
