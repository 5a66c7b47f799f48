import { readdir, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Git } from "../git/port.ts";
import { mirrorPath } from "../store/port.ts";

/** What became of the projects' repositories. */
export interface Repacked {
  /** Of how many packs one was made. */
  count: number;
  /** Of all that were looked at, in bytes. */
  before: number;
  after: number;
  /** Why those are as they were that could not be repacked. */
  skipped: string[];
}

/** Of one repository: ended then, it is as it was. */
const LIMIT_MS = 1_800_000;

/** What git had begun to write when it was ended. */
const DRAFT = /^\.?tmp[-_]/;

/**
 * Makes one pack of those that each fetch has added to a project's repository. Every object stays, also those that no branch has
 * any more: sessions' clones borrow them. For a directory in which no git runs.
 */
export async function repackMirrors(git: Pick<Git, "own">, sharedDir: string): Promise<Repacked> {
  const sum: Repacked = { count: 0, before: 0, after: 0, skipped: [] };
  for (const projectId of await readdir(join(sharedDir, "projects")).catch(() => [])) {
    const mirror = join(sharedDir, mirrorPath(projectId));
    const { packs, bytes } = await packsOf(mirror);
    sum.before += bytes;
    try {
      if (packs > 1) {
        await repack(git, mirror, bytes);
        sum.count += 1;
      }
    } catch (error) {
      sum.skipped.push(`${projectId}: ${error instanceof Error ? error.message : String(error)}`);
    }
    sum.after += (await packsOf(mirror)).bytes;
  }
  return sum;
}

async function repack(git: Pick<Git, "own">, mirror: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(mirror);
  // The old ones go once the new one is there.
  if (bavail * bsize < bytes) {
    throw new Error(`one pack of it needs ${bytes} bytes, and ${bavail * bsize} are free`);
  }
  await git.own({
    args: ["repack", "-a", "-d", "--keep-unreachable", "--quiet"],
    configuration: {
      "pack.threads": "1",
      "pack.windowMemory": "128m",
      "pack.deltaCacheSize": "64m",
      // Not of a pack that holds what nothing reaches.
      "repack.writeBitmaps": "false",
      "core.fsync": "committed",
    },
    directory: mirror,
    timeoutMs: LIMIT_MS,
  });
}

/** Removes what an earlier run has left. */
async function packsOf(mirror: string): Promise<{ packs: number; bytes: number }> {
  const directory = join(mirror, "objects", "pack");
  const sum = { packs: 0, bytes: 0 };
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    if (DRAFT.test(name)) await rm(path, { force: true });
    else {
      sum.bytes += (await stat(path)).size;
      if (name.endsWith(".pack")) sum.packs += 1;
    }
  }
  return sum;
}
