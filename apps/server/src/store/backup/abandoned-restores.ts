import { rm } from "node:fs/promises";
import { databasePath } from "../sqlite/database-path.ts";
import { settleComing } from "./restore-mark.ts";
import { removeAbandoned } from "./unfinished.ts";

/** Where a restore puts files together, in the directory that they are for. */
export const RESTORING = ".restoring-";

/** Where a restore puts the database together; for whoever holds the data directory's lock. */
export function incomingDatabase(dataDir: string): string {
  return `${databasePath(dataDir)}.restoring`;
}

export async function removeIncoming(dataDir: string): Promise<void> {
  // First: whether it has taken its place shows by its being there.
  await settleComing(dataDir, incomingDatabase(dataDir));
  for (const suffix of ["", "-wal", "-shm", "-journal"]) {
    await rm(`${incomingDatabase(dataDir)}${suffix}`, { force: true });
  }
}

/** Removes what restores that were killed have left. For a server that has locked its data directory. */
export async function removeAbandonedRestores(dataDir: string, sharedDir: string): Promise<void> {
  await removeIncoming(dataDir);
  await removeAbandoned(sharedDir, (prefix) => prefix === RESTORING);
}
