import { readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";

/** Between a database's name and when a restore replaced it. */
export const REPLACED = ".replaced-";

/** Whether there still is one that was replaced, for somebody who goes back to it. */
export async function isAnyKept(databasePath: string): Promise<boolean> {
  const names = await readdir(dirname(databasePath));
  return names.some((name) => name.startsWith(basename(databasePath) + REPLACED));
}
