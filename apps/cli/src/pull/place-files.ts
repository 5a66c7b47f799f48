import { createHash } from "node:crypto";
import { createReadStream, type Dirent, type Stats } from "node:fs";
import { lstat, mkdir, readdir, readlink, rename } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** What happens to each file of an unpacked archive in a directory that has files already. */
export interface Placement {
  directories: string[];
  created: string[];
  /** With another content than now. */
  replaced: string[];
  /** How many are the same already. */
  unchanged: number;
  /** A directory in a file's place, or the other way round; or a link where a directory is to be. */
  blocked: string[];
}

/** Compares only. */
export async function planPlacement(staged: string, target: string): Promise<Placement> {
  const plan: Placement = { directories: [], created: [], replaced: [], unchanged: 0, blocked: [] };
  for await (const { path, entry } of entriesBelow(staged)) {
    const there = await lstatIfAny(join(target, path));
    if (entry.isDirectory()) {
      if (there === undefined) plan.directories.push(path);
      else if (!there.isDirectory()) plan.blocked.push(path);
    } else if (there === undefined) plan.created.push(path);
    else if (there.isDirectory()) plan.blocked.push(path);
    else if (await isSame(join(staged, path), join(target, path), there)) plan.unchanged++;
    else plan.replaced.push(path);
  }
  return plan;
}

/** Moves the files; each is there whole or not at all. */
export async function place(
  { directories, created, replaced }: Placement,
  staged: string,
  target: string,
): Promise<void> {
  for (const path of directories) await mkdir(join(target, path), { recursive: true });
  for (const path of [...created, ...replaced]) await rename(join(staged, path), join(target, path));
}

/** Parents before what is in them. */
async function* entriesBelow(root: string): AsyncGenerator<{ path: string; entry: Dirent }, void> {
  const open = [""];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const entry of await readdir(join(root, at), { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) open.push(path);
      yield { path, entry };
    }
  }
}

async function lstatIfAny(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) {
      return undefined;
    }
    throw error;
  }
}

async function isSame(one: string, other: string, there: Stats): Promise<boolean> {
  const here = await lstat(one);
  if (here.isSymbolicLink() || there.isSymbolicLink()) {
    if (!here.isSymbolicLink() || !there.isSymbolicLink()) return false;
    return (await readlink(one)) === (await readlink(other));
  }
  const isExecutable = ({ mode }: Stats): boolean => (mode & 0o100) !== 0;
  if (!there.isFile() || here.size !== there.size || isExecutable(here) !== isExecutable(there)) return false;
  // One after the other: both are local, and neither is held in memory.
  return (await hashOf(one)) === (await hashOf(other));
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
