import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** How long a count of a directory's files may take, in ms. */
const COUNT_LIMIT_MS = 60_000;

/** Bytes that this user can still write to the directory's disk. @throws Error where the directory is gone. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** Files that the directory's disk can still take, and in all; none in all where it has no such number. */
export async function freeFiles(directory: string): Promise<{ free: number; total: number }> {
  const { ffree, files } = await statfs(directory);
  return { free: ffree, total: files };
}

/**
 * Bytes that the directory's files take, as the disk sees it: blocks, not lengths. Takes a walk through all of them, at
 * any depth. What a mode closes to the server's user is counted, too: the count runs in a user namespace that may read
 * every directory of this user and can do nothing else.
 */
export async function usedBytes(directory: string, bwrap: string): Promise<number> {
  const count = ["du", "-skx", "--", directory];
  const mayReadAll = process.getuid?.() === 0;
  const [program = "", ...rest] = mayReadAll ? count : [bwrap, ...READER, ...count];
  try {
    const { stdout } = await run(program, rest, { timeout: COUNT_LIMIT_MS });
    return bytesIn(stdout);
  } catch (error) {
    // Files that went away while it counted make `du` fail, after it has counted the others.
    if (error instanceof Error && "stdout" in error && typeof error.stdout === "string") {
      return bytesIn(error.stdout);
    }
    throw error;
  }
}

const READER = [
  "--unshare-user",
  "--uid",
  "0",
  "--gid",
  "0",
  "--cap-drop",
  "ALL",
  "--cap-add",
  "CAP_DAC_READ_SEARCH",
  "--die-with-parent",
  "--ro-bind",
  "/",
  "/",
  "--chdir",
  "/",
];

function bytesIn(output: string): number {
  return Number.parseInt(output, 10) * 1_024 || 0;
}
