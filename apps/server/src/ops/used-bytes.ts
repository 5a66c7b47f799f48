import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { spawned } from "../common/spawned.ts";

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
  const sums = [...(await du(["-s"], outer, signal)).values()];
  if (sums.length !== outer.length)
    throw new Error(`du says nothing of ${outer.length - sums.length} directories`);
  return sums.reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * What each directory in these takes, by path, and in which of them something could not be read. None of these is in another.
 * @param reader runs a program that may read what is closed to this user; empty: there is none
 */
export async function usedBytesWithin(
  directories: readonly string[],
  signal: AbortSignal,
  reader: readonly string[] = [],
): Promise<{ sums: Map<string, number>; unread: Set<string> }> {
  const unread = new Set<string>();
  if (directories.length === 0) return { sums: new Map(), unread };
  const sums = await du(["--max-depth=1"], directories, signal, (complaint) => {
    for (const directory of directories) {
      const [, entry] = complaint.split(`${directory}/`, 2);
      if (entry !== undefined) unread.add(join(directory, entry.replace(/[/'].*$/, "")));
    }
  });
  for (const directory of directories) sums.delete(directory);
  if (reader.length > 0) await readClosed(sums, unread, signal, reader);
  return { sums, unread };
}

/** Directories given to one `du`. */
const BATCH = 500;

async function readClosed(
  sums: Map<string, number>,
  unread: Set<string>,
  signal: AbortSignal,
  reader: readonly string[],
): Promise<void> {
  const closed = [...unread].filter((path) => sums.has(path));
  for (let begin = 0; begin < closed.length; begin += BATCH) {
    const read = await du(["-s"], closed.slice(begin, begin + BATCH), signal, undefined, reader);
    for (const [path, bytes] of read) {
      sums.set(path, bytes);
      unread.delete(path);
    }
  }
}

/** @param onComplaint Of a file that has gone or a directory that is closed; the sums are there without it. */
async function du(
  options: readonly string[],
  directories: readonly string[],
  signal: AbortSignal,
  onComplaint: (line: string) => void = () => undefined,
  reader: readonly string[] = [],
): Promise<Map<string, number>> {
  const [program = "", ...words] = [...reader, "du", "-k", "-0", ...options, "--", ...directories];
  const child = spawned(
    spawn(program, words, {
      signal,
      timeout: TIMEOUT_MS,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" },
    }),
  );
  // Line by line: a task may have closed millions of directories.
  createInterface(child.stderr).on("line", onComplaint);
  const [output] = await Promise.all([text(child.stdout), once(child, "close")]);
  const { exitCode, signalCode } = child;
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`du ended with ${exitCode ?? signalCode}`);
  const sums = output.split("\0").flatMap((line) => {
    const [, kilobytes, path] = /^(\d+)\t([^]*)$/.exec(line) ?? [];
    return kilobytes === undefined || path === undefined ? [] : [[path, Number(kilobytes) * 1_024] as const];
  });
  return new Map(sums);
}

function isInside(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way !== "" && !way.startsWith("..");
}
