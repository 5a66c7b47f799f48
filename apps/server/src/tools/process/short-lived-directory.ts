import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const KINDS = ["pipe", "input"] as const;
const NAME = new RegExp(`^trunkline-(${KINDS.join("|")})-`);

/** They live for as long as it takes to open what is in them, so an older one has lost its server. */
const LEFT_AFTER_MS = 3_600_000;

/** For names that are needed until they are opened: a directory for this user alone, gone afterwards. */
export async function withShortLivedDirectory<T>(
  kind: (typeof KINDS)[number],
  use: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), `trunkline-${kind}-`));
  try {
    return await use(directory);
  } finally {
    // What stays, for example for want of descriptors, the next start removes; what was opened is not lost for it.
    await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * Removes those that servers left when they were killed. What cannot be removed, or is another user's, stays.
 * @param now ms since the epoch
 */
export async function removeLeftDirectories(now: number, parent = tmpdir()): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((each) => NAME.test(each))) {
    const path = join(parent, name);
    const found = await lstat(path).catch(() => null);
    if (found === null || !found.isDirectory() || found.uid !== process.getuid?.()) continue;
    if (now - found.mtimeMs < LEFT_AFTER_MS) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
