import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Parser } from "tar/parse";
import type { ReadEntry } from "tar/read-entry";
import { WrittenFile } from "../../common/written-file.ts";
import { BackupError } from "./backup-error.ts";
import { INSTALLATION_FILE, PLACE_FILE } from "./backup-place.ts";
import { type LeftOut, nothingLeftOut, readComplaints } from "./left-out.ts";
import { TAR_ENVIRONMENT } from "./tar-environment.ts";

export interface Archive {
  /** In the backup's directory. */
  name: string;
  sha256: string;
  bytes: number;
  files: number;
}

/** What belongs to a running server alone, or is made anew; everything else in the directory is kept. */
const LEFT_OUT = [
  "trunkline.db*",
  "trunkline.lock",
  "nodes",
  "server.json*",
  "server.log*",
  "logs",
  "imports",
  "processes",
  "sandbox",
  "scratch",
  "git",
  "restored",
  "blobs/incoming",
  "projects/*/spare",
  "projects/*/.spare-*",
  "*.replaced-*",
  ".restoring-*",
  // What is being removed.
  ".removing-*",
  "*/.removing-*",
  "projects/*/.removing-*",
  `${INSTALLATION_FILE}*`,
  PLACE_FILE,
  // Whoever has it may do everything; the new server makes one.
  "token",
];
export const KEY_FILE = "credentials.key";
const KEYS = [`${KEY_FILE}*`];
/** Git's objects of our own repositories: directories of sessions or projects, and where in one they are. */
const OBJECTS = [
  ["checkpoints", "objects"],
  ["publications", "objects"],
  ["projects", "mirror.git/objects"],
  // Has the same files, which an archive that has both keeps once.
  ["projects", "lent.git/objects"],
] as const;

/** In the name of a file with holes, whose bytes in the archive are not those of the file. */
const WITH_HOLES = /(?:^|\/)GNUSparseFile\.\d+\//;

/** In a name that is no UTF-8, which the reader does not have the bytes of. */
const REPLACED = "\u{fffd}";

/**
 * Writes a directory to tar files, while others may write in it, and the hash of each file as it was read to a list that
 * `sha256sum -c` takes. By GNU tar, which follows no link, whoever puts one in its way meanwhile. Git's objects go last, after
 * the names that lead to them, so that a repository that is written to is whole. Holes are not written: a
 * file of any size takes nothing.
 * @param options.to the backup's directory
 * @param options.except paths inside the directory that are left out
 * @returns the archives, and what is in none of them
 * @throws BackupError
 */
export async function archiveFiles(options: {
  directory: string;
  to: string;
  withKeys: boolean;
  except: readonly string[];
}): Promise<{ archives: Archive[]; leftOut: LeftOut }> {
  const { directory, to, withKeys, except } = options;
  const leftOut = nothingLeftOut();
  const skipped = [
    ...LEFT_OUT,
    ...(withKeys ? [] : KEYS),
    ...OBJECTS.map(([parent, objects]) => `${parent}/*/${objects}`),
    ...except,
  ];
  await using lines = new WrittenFile(join(to, "files.sha256"));
  const write = async (name: string, args: readonly string[], paths: readonly string[]) =>
    writeArchive({ directory, path: join(to, name), name, args, paths, lines, leftOut });
  const excluded = skipped.map((name) => `--exclude=./${name}`);
  const archives = [await write("files.tar", excluded, ["."])];
  const objects = await objectDirectories(directory);
  if (objects.length > 0) archives.push(await write("objects.tar", [], objects));
  await lines.end();
  return { archives, leftOut };
}

async function objectDirectories(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const [parent, objects] of OBJECTS) {
    for (const name of await readdir(join(directory, parent)).catch(() => [])) {
      const path = `${parent}/${name}/${objects}`;
      const isThere = await readdir(join(directory, path)).then(
        () => true,
        () => false,
      );
      if (isThere) found.push(`./${path}`);
    }
  }
  return found;
}

async function writeArchive(options: {
  directory: string;
  path: string;
  name: string;
  args: readonly string[];
  paths: readonly string[];
  lines: WrittenFile;
  leftOut: LeftOut;
}): Promise<Archive> {
  const { directory, path, name, args, paths, lines, leftOut } = options;
  await using out = new WrittenFile(path);
  const hash = createHash("sha256");
  const hasher = new FileHasher(lines);
  let bytes = 0;
  const command = [
    "--create",
    "--format=posix",
    "--sparse",
    "--anchored",
    "--no-wildcards-match-slash",
    "-C",
    directory,
  ];
  const child = spawn("tar", [...command, ...args, "--null", "--files-from=-"], {
    stdio: ["pipe", "pipe", "pipe"],
    env: TAR_ENVIRONMENT,
  });
  const failure = readComplaints(child.stderr, leftOut);
  const exited = once(child, "exit") as Promise<[number | null]>;
  exited.catch(() => undefined);
  child.stdin.on("error", () => undefined).end(paths.map((one) => `${one}\0`).join(""));
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    hash.update(chunk);
    await out.write(chunk);
    await hasher.write(chunk);
  }
  const [code] = await exited;
  const problem = await failure;
  // 1: a file changed or went while it was read, which is what files of running tasks do.
  if (code !== 0 && code !== 1) {
    const said = code === 2 ? problem : `it ended with ${code ?? "a signal"}`;
    if (said !== undefined) throw new BackupError(`tar failed on ${directory}: ${said}`);
  }
  await hasher.end();
  await out.end();
  return { name, sha256: hash.digest("hex"), bytes, files: hasher.files };
}

/** Reads a tar file as it is written. */
class FileHasher {
  files = 0;
  readonly #lines: WrittenFile;
  readonly #parser: Parser;

  constructor(lines: WrittenFile) {
    this.#lines = lines;
    this.#parser = new Parser({ onReadEntry: (entry) => this.#hash(entry) });
  }

  async write(chunk: Buffer): Promise<void> {
    if (!this.#parser.write(chunk)) await once(this.#parser, "drain");
  }

  async end(): Promise<void> {
    const ended = once(this.#parser, "end");
    this.#parser.end();
    await ended;
  }

  #hash(entry: ReadEntry): void {
    if (entry.type !== "File") {
      entry.resume();
      return;
    }
    const hash = createHash("sha256");
    entry.on("data", (chunk: Buffer) => hash.update(chunk));
    entry.on("end", () => {
      this.files += 1;
      if (WITH_HOLES.test(entry.path) || entry.path.includes(REPLACED)) return;
      // What fails is thrown when they end.
      this.#lines.write(checksumLine(entry.path, hash.digest("hex"))).catch(() => undefined);
    });
  }
}

/** As `sha256sum` writes it, whatever is in the name. */
function checksumLine(path: string, sha256: string): string {
  const escaped = path.replaceAll("\\", "\\\\").replaceAll("\n", String.raw`\n`);
  return `${escaped === path ? "" : "\\"}${sha256}  ${escaped}\n`;
}
