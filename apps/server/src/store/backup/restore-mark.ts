import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Marks a database as restored until a server has started on it. Tasks queued or running at the time of the backup may
 * have been completed since by the original server, so they are not run again unasked.
 */
const markPath = (dataDir: string): string => join(dataDir, "restored");

export async function markRestored(dataDir: string): Promise<void> {
  await writeFile(markPath(dataDir), "", { mode: 0o600 });
}

export async function isMarkedRestored(dataDir: string): Promise<boolean> {
  return stat(markPath(dataDir)).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}

export async function unmarkRestored(dataDir: string): Promise<void> {
  await rm(markPath(dataDir), { force: true });
}
