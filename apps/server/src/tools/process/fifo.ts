import { close, open } from "node:fs";
import { unlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { runSmall } from "./run-small.ts";
import { withShortLivedDirectory } from "./short-lived-directory.ts";

// Raw descriptors: a FileHandle would close its own on garbage collection, and these change owners.
export const openFd = promisify(open);
export const closeFd = promisify(close);

/** Opens another one; the first one is closed if that fails. */
export async function openBeside(first: number, path: string, flags: number): Promise<number> {
  try {
    return await openFd(path, flags);
  } catch (error) {
    await closeFd(first);
    throw error;
  }
}

/** Opens the ends of new pipes by their names, which are gone afterwards. Node has no call for it. */
export async function withFifos<T>(
  count: number,
  openEnds: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  return withShortLivedDirectory("pipe", async (directory) => {
    const paths = Array.from({ length: count }, (_, index) => join(directory, `pipe-${index}`));
    await runSmall("mkfifo", ["-m", "600", ...paths]);
    try {
      return await openEnds(paths);
    } finally {
      // An empty directory takes no descriptor to remove, and there may be none.
      await Promise.all(paths.map(async (path) => unlink(path)));
    }
  });
}
