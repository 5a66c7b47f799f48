import { once } from "node:events";
import { constants } from "node:fs";
import { lstat, open } from "node:fs/promises";
import { createGzip } from "node:zlib";
import { entriesIn, linkTarget } from "../../common/raw-names.ts";
import { filledPieces } from "./file-pieces.ts";
import type { HeldDirectory } from "./held-directory.ts";
import { toTimestamp } from "./list-entries.ts";
import { TAR_END, tarHeader, tarPadding } from "./tar-blocks.ts";
import { unlessUnreadable, visitTree } from "./visit-tree.ts";

/** Deeper files are left out: their paths together would grow with the square of the depth. */
const MAX_PATH_BYTES = 4_096;
/** Non-blocking, so that a FIFO can't hang us; no symbolic links. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

interface ArchiveOptions {
  /** The archive's one directory at the top. */
  top: string;
  /** Whether to include `.git`, at any depth. */
  git: boolean;
  /** Paths to leave out, relative to the root. */
  except?: ReadonlySet<string>;
}

/** Takes what comes next; resolves once there is room for more. */
type Write = (bytes: Buffer) => Promise<void>;

/**
 * A gzipped tar of a directory, made while it is read: one directory and one file are open at a time, and a piece of the
 * file is in memory. Links are stored as links. Sockets, pipes, devices and whatever disappears meanwhile or can't be
 * read are left out; a file that shrinks meanwhile is filled up with zeros, as GNU tar does.
 * @param root closed at the end; null makes an archive of an empty directory
 */
export async function* archiveWorkspace(
  root: HeldDirectory | null,
  options: ArchiveOptions,
): AsyncGenerator<Uint8Array, void> {
  const gzip = createGzip();
  const stop = new AbortController();
  const write: Write = async (bytes) => {
    stop.signal.throwIfAborted();
    if (!gzip.write(bytes)) await once(gzip, "drain", { signal: stop.signal });
  };
  const filled = fill(write, root, options).then(
    () => void gzip.end(),
    (error: unknown) => void gzip.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  try {
    yield* gzip as AsyncIterable<Uint8Array>;
  } finally {
    stop.abort();
    gzip.destroy();
    await filled;
    await root?.[Symbol.asyncDispose]();
  }
}

async function fill(
  write: Write,
  root: HeldDirectory | null,
  { top, git, except }: ArchiveOptions,
): Promise<void> {
  await write(
    tarHeader({ path: `${top}/`, type: "Directory", mode: 0o755, size: 0, modifiedAt: Date.now() }),
  );
  const way = [top];
  const visit = async (directory: HeldDirectory): Promise<string[]> => {
    const directories: string[] = [];
    for await (const { name } of entriesIn(directory.self)) {
      if (name === ".git" && !git) continue;
      const path = [...way, name].join("/");
      if (except?.has(path.slice(top.length + 1)) === true) continue;
      if (Buffer.byteLength(path) > MAX_PATH_BYTES) continue;
      const isDirectory = await unlessUnreadable(() => addEntry(write, directory, { name, path }));
      if (isDirectory === true) directories.push(name);
    }
    return directories;
  };
  const visitor = {
    visit,
    enter: async (name: string) => way.push(name) > 0,
    leave: async () => void way.pop(),
  };
  if (root !== null) await visitTree(root, visitor, { access: "as it is" });
  await write(TAR_END);
}

/** @returns whether it is a directory */
async function addEntry(
  write: Write,
  directory: HeldDirectory,
  { name, path }: { name: string; path: string },
): Promise<boolean> {
  const place = directory.entry(name);
  const stats = await lstat(place);
  const header = { path, mode: stats.mode & 0o777, size: 0, modifiedAt: toTimestamp(stats.mtimeMs) };
  if (stats.isDirectory()) {
    await write(tarHeader({ ...header, path: `${path}/`, type: "Directory" }));
  } else if (stats.isSymbolicLink()) {
    await write(tarHeader({ ...header, type: "SymbolicLink", linkpath: await linkTarget(place) }));
  } else if (stats.isFile()) {
    await using file = await open(place, READ_FLAGS);
    const opened = await file.stat();
    if (!opened.isFile()) return false;
    await write(tarHeader({ ...header, size: opened.size, type: "File" }));
    for await (const piece of filledPieces(file, opened.size)) await write(piece);
    await write(tarPadding(opened.size));
  }
  return stats.isDirectory();
}
