import { link, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { openDatabase } from "../sqlite/open-database.ts";
import { REPLACED } from "./kept-databases.ts";
import { syncDirectory } from "./sync-directory.ts";

/**
 * Gives the database a second name under which it survives its replacement, and removes the files beside it: SQLite
 * would apply a leftover write-ahead log to the new database.
 * @returns the second name; null if there is no database.
 */
export async function setAside(path: string): Promise<string | null> {
  const aside = `${path}${REPLACED}${new Date().toISOString().replaceAll(":", "-")}`;
  const isThere = await hasContent(path);
  if (isThere) mergeWriteAheadLog(path);
  if (await hasContent(`${path}-wal`)) await rename(`${path}-wal`, `${aside}-wal`);
  else await rm(`${path}-wal`, { force: true });
  await rm(`${path}-shm`, { force: true });
  if (isThere) await link(path, aside);
  await syncDirectory(dirname(path));
  return isThere ? aside : null;
}

/** Checkpoint what a killed server left in the log, so that one file holds everything. */
function mergeWriteAheadLog(path: string): void {
  try {
    openDatabase(path, "write").close();
  } catch (error) {
    // Damaged, perhaps the reason for the restore: keep its log beside it.
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}

async function hasContent(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size > 0;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}
