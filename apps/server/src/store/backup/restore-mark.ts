import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Says that the database was restored from a backup, until a server has started on it. What was queued or running when
 * the backup was made may have been done since, by the server that it is from: it is not done again unasked.
 */
const markPath = (dataDir: string): string => join(dataDir, "restored");

export async function markRestored(dataDir: string): Promise<void> {
  await writeFile(markPath(dataDir), "", { mode: 0o600 });
}

export async function isMarkedRestored(dataDir: string): Promise<boolean> {
  return stat(markPath(dataDir)).then(
    () => true,
    () => false,
  );
}

export async function unmarkRestored(dataDir: string): Promise<void> {
  await rm(markPath(dataDir), { force: true });
}
