import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Timeout for counting a directory's files, in ms. */
const COUNT_LIMIT_MS = 60_000;

/** Bytes available to this user on the directory's disk. @throws Error if the directory is gone. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** Free and total inodes of the directory's disk; a total of 0 if it has no such limit. */
export async function freeFiles(directory: string): Promise<{ free: number; total: number }> {
  const { ffree, files } = await statfs(directory);
  return { free: ffree, total: files };
}

/**
 * Disk usage of a directory in bytes: blocks, not lengths. Walks all files at any depth, including those that a mode
 * closes to the server's user: it runs in a user namespace that may read all of this user's directories and nothing
 * else.
 */
export async function usedBytes(directory: string, bwrap: string): Promise<number> {
  const count = ["du", "-skx", "--", directory];
  const [program = "", ...rest] = [...readerOfAll(bwrap), ...count];
  try {
    const { stdout } = await run(program, rest, { timeout: COUNT_LIMIT_MS });
    return bytesIn(stdout);
  } catch (error) {
    // Files that disappear while counting make `du` fail, after it has counted the rest.
    if (error instanceof Error && "stdout" in error && typeof error.stdout === "string") {
      return bytesIn(error.stdout);
    }
    throw error;
  }
}

/** What runs a program that may read all of this user's directories, whatever their modes; empty: this user may anyway. */
export function readerOfAll(bwrap: string): string[] {
  return process.getuid?.() === 0 ? [] : [bwrap, ...READER];
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
