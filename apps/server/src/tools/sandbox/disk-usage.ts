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

/**
 * Bytes that the directory's files take, as the disk sees it: blocks, not lengths. Takes a walk through all of them.
 * What the owner closed to itself is not counted.
 */
export async function usedBytes(directory: string): Promise<number> {
  try {
    const { stdout } = await run("du", ["-skx", "--", directory], { timeout: COUNT_LIMIT_MS });
    return bytesIn(stdout);
  } catch (error) {
    // Files that went away while it counted make `du` fail, after it has counted the others.
    if (error instanceof Error && "stdout" in error && typeof error.stdout === "string") {
      return bytesIn(error.stdout);
    }
    throw error;
  }
}

function bytesIn(output: string): number {
  return Number.parseInt(output, 10) * 1_024 || 0;
}
