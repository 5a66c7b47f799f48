import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { chmod, copyFile, open } from "node:fs/promises";
import { promisify } from "node:util";
import type { HeldDirectory } from "./held-directory.ts";

const run = promisify(execFile);

/** Non-blocking, so that a FIFO can't hang us; no symbolic links. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** O_PATH: a descriptor for the file without read permission; Node has no constant for it. */
const O_PATH = 0x20_0000;

/** Smaller files are not worth a process for the sake of their holes. */
const MIN_SPARSE_BYTES = 1_048_576;

export interface CopyBudget {
  /** Called before this many bytes are written. @throws if they are too many. */
  take(bytes: number): Promise<void>;
}

/**
 * Copies a regular file, as a reflink if the file system can, otherwise preserving holes. Permissions are kept,
 * set-user-ID and set-group-ID bits are not. Other kinds of file are skipped.
 */
export async function copyRegularFile(
  source: HeldDirectory,
  name: string,
  target: HeldDirectory,
  budget: CopyBudget,
): Promise<void> {
  await using access = await grantRead(source, name);
  await using file = await open(source.entry(name), READ_FLAGS);
  const stats = await file.stat();
  if (!stats.isFile()) return;
  const isLinux = process.platform === "linux";
  const taken = 512 * stats.blocks;
  const isSparse = isLinux && stats.size >= MIN_SPARSE_BYTES && taken < stats.size;
  await budget.take(isSparse ? taken : stats.size);
  if (!isSparse || !(await copyWithHoles(file.fd, target, name))) {
    if (isSparse) await budget.take(stats.size - taken);
    const opened = isLinux ? `/proc/self/fd/${file.fd}` : source.entry(name);
    await copyFile(opened, target.entry(name), constants.COPYFILE_FICLONE);
  }
  const mode = access.mode ?? stats.mode;
  if (mode !== stats.mode || (mode & 0o7000) !== 0) await chmod(target.entry(name), mode & 0o777);
}

/** @returns false if there is no `cp` that preserves holes, or its arguments can't have the name. */
async function copyWithHoles(fd: number, target: HeldDirectory, name: string): Promise<boolean> {
  if (!name.isWellFormed()) return false;
  const source = `/proc/${process.pid}/fd/${fd}`;
  const options = ["--sparse=always", "--reflink=auto", "--preserve=mode"];
  try {
    await run("cp", [...options, "--", source, `./${name}`], { cwd: target.self });
    return true;
  } catch {
    return false;
  }
}

interface ReadAccess extends AsyncDisposable {
  /** Original mode of a file that had to be changed, to be restored. */
  mode?: number;
}

/** Makes a file readable to its owner while it is copied. */
async function grantRead(directory: HeldDirectory, name: string): Promise<ReadAccess> {
  const none: ReadAccess = { [Symbol.asyncDispose]: async () => undefined };
  if (process.platform !== "linux" || process.getuid?.() === 0) return none;
  const place = await open(directory.entry(name), O_PATH | constants.O_NOFOLLOW);
  const { mode } = await place.stat();
  const path = `/proc/self/fd/${place.fd}`;
  const mustChange = (mode & 0o400) === 0;
  if (mustChange) await chmod(path, (mode & 0o7777) | 0o400);
  return {
    ...(mustChange ? { mode } : {}),
    async [Symbol.asyncDispose]() {
      if (mustChange) await chmod(path, mode & 0o7777);
      await place.close();
    },
  };
}
