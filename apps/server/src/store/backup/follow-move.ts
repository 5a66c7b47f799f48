import { randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { redirectBorrowing } from "./redirect-borrowing.ts";

/** Holds where the directory was when a server last started on it. */
const FILE = "trunkline-place";

/**
 * Sessions' repositories name their project's by its absolute path. Called at each start, before anything runs in them: in a
 * directory that was moved, or that no server has noted yet, they name the one beside them again.
 */
export async function followMove(sharedDir: string, logger: Pick<Logger, "warn">): Promise<void> {
  const file = join(sharedDir, FILE);
  try {
    if ((await readIfThere(file)) === `${sharedDir}\n`) return;
    const broken = await redirectBorrowing(sharedDir, sharedDir);
    for (const { path, error } of broken) {
      logger.warn(
        { err: error, path },
        "this repository does not find its project's files where the directory is now; the next start tries again",
      );
    }
    if (broken.length > 0) return;
    // Last: a start that is killed before leaves it to the next.
    const draft = `${file}.${randomUUID()}`;
    await writeFile(draft, `${sharedDir}\n`, { mode: 0o600 });
    await rename(draft, file);
  } catch (error) {
    // On a full disk, too, a server must start: there is no other way to delete anything.
    logger.warn(
      { err: error },
      "if the directory was moved, sessions cannot find their project's files; the next start tries again",
    );
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  });
}
