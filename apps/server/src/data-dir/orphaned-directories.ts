import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { entriesIn, nameBytes } from "../common/raw-names.ts";
import { idIn, SHARED_PLACES } from "./shared-places.ts";

/** What is on the disk for sessions or projects that the store does not have. */
export interface Orphans {
  /** Below the shared directory, such as `workspaces`. */
  place: string;
  paths: string[];
  bytes: number;
}

/** What a removal that was killed left. */
const TRASH = ".removing-";
/** Ids asked for at once. */
const BATCH = 500;

/**
 * Finds them in a directory that no server uses. Whatever is called otherwise than ours is somebody else's, and stays.
 * @param existing those of these that the store has
 */
export async function findOrphans(
  directory: string,
  existing: (kind: "session" | "project", ids: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<Orphans[]> {
  const found: Orphans[] = [];
  for (const sharedPlace of SHARED_PLACES) {
    const { name: place, of } = sharedPlace;
    const names = (await readdir(join(directory, place)).catch(ignoreMissing)) ?? [];
    const ours = names.flatMap((name) => {
      const id = idIn(sharedPlace, name);
      return id === null ? [] : [{ name, id }];
    });
    const known = new Set<string>();
    for (let begin = 0; of !== null && begin < ours.length; begin += BATCH) {
      const ids = ours.slice(begin, begin + BATCH).map(({ id }) => id);
      for (const id of await existing(of, ids)) known.add(id);
    }
    const paths = [
      ...ours.filter(({ id }) => !known.has(id)).map(({ name }) => name),
      ...names.filter((name) => name.startsWith(TRASH)),
    ].map((name) => join(directory, place, name));
    let bytes = 0;
    for (const path of paths) bytes += (await measure(path)).bytes;
    if (paths.length > 0) found.push({ place, paths, bytes });
  }
  return found;
}

/** What a directory takes on the disk, itself included; no link is followed. */
export async function measure(path: string): Promise<{ files: number; bytes: number }> {
  const sum = { files: 0, bytes: 0 };
  const left = [path];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const stats = await lstat(nameBytes(next)).catch(ignoreMissing);
    if (stats === undefined) continue;
    sum.bytes += stats.blocks * BLOCK_BYTES;
    if (!stats.isDirectory()) {
      sum.files += 1;
      continue;
    }
    try {
      for await (const { name } of entriesIn(next)) left.push(join(next, name));
    } catch {
      // One that its task has closed is counted by itself.
    }
  }
  return sum;
}

/** POSIX leaves the unit of `st_blocks` open; every system that Node runs on has this one. */
const BLOCK_BYTES = 512;

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
