import { constants, type Dirent } from "node:fs";
import { copyFile, mkdir, open, opendir, readlink, realpath, symlink } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { HeldDirectory } from "./held-directory.ts";
import { relativeInside } from "./workspace-path.ts";

/** Not waiting keeps a FIFO from holding us; not following a link, whoever put one there. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

interface Copy {
  /** The workspace as it is named, and without the symbolic links on the way to it. */
  from: string;
  realFrom: string;
  to: string;
}

/**
 * Copies a session's directory, while its tools may be at work in it: file by file, by reference where the file system
 * can, and never from outside of it, whoever puts a symbolic link where a directory was. Links that name a place in the
 * workspace name the same place in the copy; the others stay what they are. Sockets, pipes and devices stay behind, and
 * so does what goes meanwhile. A session that never ran a tool has no directory, and its copy has none.
 */
export async function copyWorkspace(from: string, to: string): Promise<void> {
  const root = await unlessGone(async () => {
    const realFrom = await realpath(from);
    return { realFrom, directory: await HeldDirectory.open(realFrom, realFrom) };
  });
  if (root === undefined) return;
  await using directory = root.directory;
  await mkdir(to, { recursive: true });
  await copyEntries(directory, to, { from, realFrom: root.realFrom, to });
}

async function copyEntries(source: HeldDirectory, target: string, copy: Copy): Promise<void> {
  for await (const entry of await opendir(source.self)) {
    await unlessGone(async () => copyEntry(source, entry, join(target, entry.name), copy));
  }
}

async function copyEntry(source: HeldDirectory, entry: Dirent, target: string, copy: Copy): Promise<void> {
  if (entry.isDirectory()) {
    await using child = await source.child(entry.name);
    await mkdir(target);
    await copyEntries(child, target, copy);
  } else if (entry.isSymbolicLink()) {
    await symlink(placeInCopy(await readlink(source.entry(entry.name)), copy), target);
  } else if (entry.isFile()) {
    await using file = await open(source.entry(entry.name), READ_FLAGS);
    if (!(await file.stat()).isFile()) return;
    const opened = process.platform === "linux" ? `/proc/self/fd/${file.fd}` : source.entry(entry.name);
    await copyFile(opened, target, constants.COPYFILE_FICLONE);
  }
}

function placeInCopy(link: string, { from, realFrom, to }: Copy): string {
  if (!isAbsolute(link)) return link;
  const inside = relativeInside(from, link) ?? relativeInside(realFrom, link);
  return inside === null ? link : join(to, inside);
}

/** What is removed, or replaced by something else (EINVAL: what was a link), between being seen and being opened. */
const GONE = new Set(["ENOENT", "ENOTDIR", "ELOOP", "EINVAL"]);

async function unlessGone<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && "code" in error && GONE.has(String(error.code))) return undefined;
    throw error;
  }
}
