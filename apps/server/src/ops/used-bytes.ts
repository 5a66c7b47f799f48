import { execFile } from "node:child_process";
import { relative } from "node:path";
import { promisify } from "node:util";

const TIMEOUT_MS = 1_800_000;

/**
 * What directories take on the disk, the inner ones of each other once. By a process of its own: a workspace may have millions of
 * files. What vanishes meanwhile is not counted.
 */
export async function usedBytes(directories: readonly string[], signal: AbortSignal): Promise<number> {
  const outer = directories.filter(
    (directory, index) =>
      !directories.some(
        (other, at) => at !== index && (isInside(directory, other) || (directory === other && at < index)),
      ),
  );
  const options = { signal, timeout: TIMEOUT_MS, env: { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" } };
  const { stdout } = await promisify(execFile)("du", ["-sk", "--", ...outer], options).catch(
    (error: Error & { stdout?: string; code?: unknown }) => {
      // Exits with 1 where a file has gone or a directory is closed; the sums are there.
      if (error.code === 1 && error.stdout !== undefined) return { stdout: error.stdout };
      throw error;
    },
  );
  const sums = [...stdout.matchAll(/^(\d+)\t/gm)].map(([, kilobytes]) => Number(kilobytes) * 1_024);
  if (sums.length !== outer.length)
    throw new Error(`du says nothing of ${outer.length - sums.length} directories`);
  return sums.reduce((sum, bytes) => sum + bytes, 0);
}

function isInside(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way !== "" && !way.startsWith("..");
}
