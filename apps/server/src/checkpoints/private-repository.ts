import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export async function repositoryExists(directory: string): Promise<boolean> {
  return stat(join(directory, "HEAD")).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}

/**
 * Files are kept byte for byte: attributes of the workspace convert nothing. `info/attributes` goes before all
 * `.gitattributes` (gitattributes(5)); `working-tree-encoding` may only be unspecified, not unset.
 */
const ATTRIBUTES = "* -text -ident !eol !filter !working-tree-encoding !diff !merge\n";

/** What keeps memory and time of one git bounded, and its answers the same whatever the machine's configuration. */
const CONFIG = `[core]
	repositoryformatversion = 0
	bare = false
	looseCompression = 1
	bigFileThreshold = 8m
	preloadIndex = true
	untrackedCache = true
	protectNTFS = false
	protectHFS = false
	quotePath = true
	fsync = committed
	fsyncMethod = batch
	logAllRefUpdates = false
	sharedRepository = 0600
[index]
	version = 4
	threads = 2
[pack]
	threads = 1
	windowMemory = 32m
	deltaCacheSize = 16m
[gc]
	auto = 0
[diff]
	renameLimit = 1000
`;

/**
 * Makes the private repository that a session's checkpoints are in, whole or not at all. It is git's own format, written
 * down: no git has to run for it.
 * @param alternates object directories that it may borrow from, absolute: their objects are not stored again.
 */
export async function createRepository(directory: string, alternates: readonly string[]): Promise<void> {
  const draft = `${directory}.${randomUUID()}`;
  await mkdir(join(draft, "objects", "info"), { recursive: true, mode: 0o700 });
  await mkdir(join(draft, "refs", "heads"), { recursive: true, mode: 0o700 });
  await mkdir(join(draft, "info"), { mode: 0o700 });
  const mode = 0o600;
  await writeFile(join(draft, "HEAD"), "ref: refs/heads/checkpoints\n", { mode });
  await writeFile(join(draft, "config"), CONFIG, { mode });
  await writeFile(join(draft, "info", "attributes"), ATTRIBUTES, { mode });
  await writeFile(join(draft, "info", "exclude"), "", { mode });
  if (alternates.length > 0) {
    await writeFile(
      join(draft, "objects", "info", "alternates"),
      alternates.map((path) => `${path}\n`).join(""),
      { mode },
    );
  }
  await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
  try {
    await rename(draft, directory);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await repositoryExists(directory))) throw error;
  }
}
