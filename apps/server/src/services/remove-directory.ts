import { randomUUID } from "node:crypto";
import type { Dirent } from "node:fs";
import { chmod, lstat, mkdir, opendir, rename, rm, rmdir, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Entries of a directory that are removed at the same time. */
const AT_ONCE = 16;

/**
 * Removes a directory and all in it, whatever a task has made of it: thousands of levels deep, or closed to its owner. To
 * be called when nothing runs in it any more. It is taken out of its place at once; then each directory in it is moved
 * to the top before it is emptied, so that no path is longer than three names, and nothing depends on the depth. What a
 * crash leaves behind is removed by the next call for the same path.
 */
export async function removeDirectory(path: string): Promise<void> {
  const trash = join(dirname(path), `.removing-${basename(path)}`);
  await unlessMissing(() => mkdirIfMissing(trash, path));
  await unlessMissing(() => moveInto(trash, path));
  for (let found = await entriesOf(trash); found.length > 0; found = await entriesOf(trash)) {
    for (const { name } of found) await empty(trash, join(trash, name));
  }
  await unlessMissing(() => rmdir(trash));
}

/** Empties what lies in the trash, and moves the directories in it there, too. */
async function empty(trash: string, path: string): Promise<void> {
  const stats = await unlessMissing(() => lstat(path));
  if (stats === undefined) return;
  // Only we can put something here: it is what it is.
  if (!stats.isDirectory()) return rm(path, { force: true });
  await chmod(path, 0o700);
  for (let found = await entriesOf(path); found.length > 0; found = await entriesOf(path)) {
    for (let begin = 0; begin < found.length; begin += AT_ONCE) {
      await Promise.all(
        found
          .slice(begin, begin + AT_ONCE)
          .map((entry) =>
            unlessMissing(() =>
              entry.isDirectory() ? moveInto(trash, join(path, entry.name)) : unlink(join(path, entry.name)),
            ),
          ),
      );
    }
  }
  await unlessMissing(() => rmdir(path));
}

async function moveInto(trash: string, path: string): Promise<void> {
  const place = join(trash, randomUUID());
  try {
    await rename(path, place);
  } catch (error) {
    // To change its parent, a directory must be writable.
    if (!hasCode(error, "EACCES")) throw error;
    await chmod(path, 0o700);
    await rename(path, place);
  }
}

/** Entries that are read before they are removed: a directory may hold millions. */
const BATCH = 1_000;

async function entriesOf(path: string): Promise<Dirent[]> {
  const entries: Dirent[] = [];
  const directory = await unlessMissing(() => opendir(path));
  if (directory === undefined) return entries;
  for await (const entry of directory) {
    entries.push(entry);
    if (entries.length >= BATCH) break;
  }
  return entries;
}

/** Without a directory to remove there is no trash to make, unless there is some of before. */
async function mkdirIfMissing(trash: string, path: string): Promise<void> {
  await lstat(path);
  await mkdir(trash, { recursive: true, mode: 0o700 });
}

async function unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
