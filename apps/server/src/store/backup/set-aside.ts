import { link, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { openDatabase } from "../sqlite/open-database.ts";
import { syncDirectory } from "./sync-directory.ts";

/**
 * Gives the database a second name under which it outlives its replacement, and leaves nothing beside the first that
 * would be taken for the replacement's: SQLite would play a write-ahead log into any database that it finds next to it.
 * @returns the second name; null where there is no database.
 */
export async function setAside(path: string): Promise<string | null> {
  const aside = `${path}.replaced-${new Date().toISOString().replaceAll(":", "-")}`;
  const isThere = await hasContent(path);
  if (isThere) mergeWriteAheadLog(path);
  if (await hasContent(`${path}-wal`)) await rename(`${path}-wal`, `${aside}-wal`);
  else await rm(`${path}-wal`, { force: true });
  await rm(`${path}-shm`, { force: true });
  if (isThere) await link(path, aside);
  await syncDirectory(dirname(path));
  return isThere ? aside : null;
}

/** What a killed server left in the log goes into the database, so that one file is all of it. */
function mergeWriteAheadLog(path: string): void {
  try {
    openDatabase(path, "write").close();
  } catch (error) {
    // Damaged, which may well be why it is replaced: then its log is kept beside it.
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
