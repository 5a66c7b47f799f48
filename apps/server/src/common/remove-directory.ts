import { randomUUID } from "node:crypto";
import type { Dirent } from "node:fs";
import { chmod, lstat, mkdir, rename, rm, rmdir, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { entriesIn, nameBytes } from "./raw-names.ts";

/** Entries of a directory removed in parallel. */
const AT_ONCE = 16;

/**
 * Removes a directory whatever a task has done to it: thousands of levels deep, or closed to its owner. Call when
 * nothing runs in it any more. It is moved away at once; then each subdirectory is moved to the top before it is
 * emptied, so paths never exceed three names and depth does not matter. The next call for the same path removes what a
 * crash left behind. Several may remove the same path at once, on several nodes too.
 */
export async function removeDirectory(path: string): Promise<void> {
  const trash = join(dirname(path), `.removing-${basename(path)}`);
  await moveAway(trash, path);
  for await (const found of untilEmpty(trash)) {
    for (const { name } of found) await empty(trash, join(trash, name));
  }
  try {
    await unlessMissing(() => rmdir(trash));
  } catch (error) {
    // Another has moved something in there since, and empties it.
    if (!hasCode(error, "ENOTEMPTY") && !hasCode(error, "EEXIST")) throw error;
  }
}

/** Without a directory there is nothing to do, except for trash left by a crash. */
async function moveAway(trash: string, path: string): Promise<void> {
  const identity = async () => unlessMissing(() => lstat(path, { bigint: true }));
  const found = await identity();
  // Another may take the empty trash away before anything is in it. What has come to the path since is not ours to remove.
  for (let now = found; now !== undefined && now.ino === found?.ino; now = await identity()) {
    await mkdir(trash, { recursive: true, mode: 0o700 });
    if (await unlessMissing(async () => moveInto(trash, path).then(() => true))) return;
  }
}

/** Empties the trash, moving nested directories to its top. */
async function empty(trash: string, path: string): Promise<void> {
  const stats = await unlessMissing(() => lstat(nameBytes(path)));
  if (stats === undefined) return;
  // Only we write here, so entries are what they seem.
  if (!stats.isDirectory()) return rm(nameBytes(path), { force: true });
  await unlessMissing(() => chmod(nameBytes(path), 0o700));
  for await (const found of untilEmpty(path)) {
    for (let begin = 0; begin < found.length; begin += AT_ONCE) {
      await Promise.all(
        found
          .slice(begin, begin + AT_ONCE)
          .map((entry) =>
            unlessMissing(() =>
              entry.isDirectory()
                ? moveInto(trash, join(path, entry.name))
                : unlink(nameBytes(join(path, entry.name))),
            ),
          ),
      );
    }
  }
  await unlessMissing(() => rmdir(nameBytes(path)));
}

async function moveInto(trash: string, named: string): Promise<void> {
  const path = nameBytes(named);
  const place = join(trash, randomUUID());
  try {
    await rename(path, place);
  } catch (error) {
    // A directory must be writable to be moved to another parent.
    if (!hasCode(error, "EACCES")) throw error;
    await chmod(path, 0o700);
    await rename(path, place);
  }
}

/** Entries read at a time: a directory may contain millions. */
const BATCH = 1_000;

/**
 * Entries, a part at a time, for as long as there are any.
 * @throws Error where the same ones are found again and again: whoever waits for the end must learn of it
 */
async function* untilEmpty(path: string): AsyncGenerator<Dirent[], void> {
  let [last, repeats] = ["", 0];
  for (let found = await entriesOf(path); found.length > 0; found = await entriesOf(path)) {
    const names = found.map(({ name }) => name).join("/");
    repeats = names === last ? repeats + 1 : 0;
    if (repeats === MAX_REPEATS) {
      throw new Error(
        `${path} can't be emptied: ${found[0]?.name.toWellFormed()} stays, though it was removed`,
      );
    }
    last = names;
    yield found;
  }
}

/** So often a file server may show what is gone. */
const MAX_REPEATS = 10;

async function entriesOf(path: string): Promise<Dirent[]> {
  const entries: Dirent[] = [];
  await unlessMissing(async () => {
    for await (const entry of entriesIn(path)) {
      entries.push(entry);
      if (entries.length >= BATCH) break;
    }
  });
  return entries;
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
