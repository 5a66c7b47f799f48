import { lstat, unlink } from "node:fs/promises";
import { entriesIn } from "../../common/raw-names.ts";
import { HeldDirectory } from "../files/held-directory.ts";
import { type TreeVisitor, unlessGone, visitTree } from "../files/visit-tree.ts";

/** Disk usage by size class: `classes[n]` is the total of files between 2^n and 2^(n+1) bytes. */
interface Growth {
  total: number;
  classes: number[];
}

export interface Removed {
  files: number;
  bytes: number;
  /** Some of their names, as examples. */
  names: string[];
}

/** Maximum names to report. */
const MAX_NAMES = 5;

/** File timestamps lag slightly behind the clock, in ms. */
const CLOCK_STEP_MS = 20;

/**
 * Removes files created or changed since a time until enough bytes are free: the largest first, and new files before
 * changed ones. If all of them together are less than needed, somebody else filled the disk, and nothing is removed.
 * @param directory Nobody may be using it any more.
 */
export async function removeGrowth(
  directory: string,
  { sinceMs, bytes }: { sinceMs: number; bytes: number },
): Promise<Removed> {
  const from = sinceMs - CLOCK_STEP_MS;
  const removed: Removed = { files: 0, bytes: 0, names: [] };
  const created: Growth = { total: 0, classes: [] };
  const changed: Growth = { total: 0, classes: [] };
  await eachFile(directory, from, async ({ bytes: size, isNew }) => {
    const growth = isNew ? created : changed;
    growth.total += size;
    const place = classOf(size);
    growth.classes[place] = (growth.classes[place] ?? 0) + size;
  });
  if (created.total + changed.total < bytes) return removed;
  const smallestNew = smallestClass(created, bytes);
  const smallestOld = created.total >= bytes ? Infinity : smallestClass(changed, bytes - created.total);
  await eachFile(directory, from, async ({ bytes: size, isNew, path, name }) => {
    if (removed.bytes >= bytes || size === 0 || classOf(size) < (isNew ? smallestNew : smallestOld)) return;
    await unlink(path);
    removed.files++;
    removed.bytes += size;
    if (removed.names.length < MAX_NAMES) removed.names.push(name.toWellFormed());
  });
  return removed;
}

function classOf(bytes: number): number {
  return bytes === 0 ? 0 : Math.floor(Math.log2(bytes));
}

/** The size class down to which files must go, from the largest on. */
function smallestClass({ classes }: Growth, bytes: number): number {
  let sum = 0;
  for (let place = classes.length - 1; place >= 0; place--) {
    sum += classes[place] ?? 0;
    if (sum >= bytes) return place;
  }
  return 0;
}

interface ChangedFile {
  name: string;
  /** For one call. */
  path: string | Buffer;
  /** On disk; a file with several names counts in shares. */
  bytes: number;
  isNew: boolean;
}

async function eachFile(
  directory: string,
  fromMs: number,
  take: (file: ChangedFile) => Promise<void>,
): Promise<void> {
  await using root = await HeldDirectory.open(directory, directory);
  const visitor: TreeVisitor = {
    async visit(held) {
      const directories: string[] = [];
      for await (const entry of entriesIn(held.self)) {
        if (entry.isDirectory()) directories.push(entry.name);
        if (!entry.isFile()) continue;
        await unlessGone(async () => {
          const path = held.entry(entry.name);
          const { blocks, nlink, ctimeMs, birthtimeMs } = await lstat(path);
          if (ctimeMs < fromMs) return;
          const isNew = birthtimeMs >= fromMs;
          await take({ name: entry.name, path, bytes: (512 * blocks) / nlink, isNew });
        });
      }
      return directories;
    },
  };
  await visitTree(root, visitor, { access: "to write" });
}
