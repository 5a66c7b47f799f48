import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, open, readdir, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { TrunklineError } from "@trunkline/contract";
import { removeDirectory } from "../common/remove-directory.ts";
import { type Git, GitError } from "../git/port.ts";
import { printable } from "../common/printable.ts";

/** Largest pack of a session's commits, in bytes. */
const MAX_PACK_BYTES = 1_073_741_824;
/** Of the list of what a session's commits change, in bytes. */
const MAX_CHANGED_BYTES = 67_108_864;
/** Time to write, or to take in, a large pack, in ms. */
export const PACK_TIMEOUT_MS = 600_000;
/** Longer than a pack is written, taken in and pushed. */
const ABANDONED_MS = 6 * PACK_TIMEOUT_MS;

/** One for each commit that this session has pushed, or was about to push when the server died. */
const PUSHED = "refs/trunkline/pushed/";

/**
 * A session's repository outside of its workspace, which only this server writes. It borrows what the project's mirror has, takes
 * the session's commits in after a check, and is what is pushed from.
 */
export class PrivateRepository {
  readonly directory: string;
  readonly #git: Git;

  private constructor(directory: string, git: Git) {
    this.directory = directory;
    this.#git = git;
  }

  /** Opens it, or creates it: under another name first, so that a kill leaves nothing half-made. @param mirror bare */
  static async open(git: Git, directory: string, mirror: string): Promise<PrivateRepository> {
    const isThere = await stat(directory).then(
      () => true,
      () => false,
    );
    if (!isThere) {
      const temporary = `${directory}.${randomUUID()}`;
      await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
      try {
        const { stdout } = await git.own({ args: ["rev-parse", "--show-object-format"], directory: mirror });
        await git.own({
          args: [
            "init",
            "--quiet",
            "--bare",
            "--template=",
            `--object-format=${stdout.toString().trim()}`,
            temporary,
          ],
          directory: dirname(directory),
        });
        await mkdir(join(temporary, "objects", "info"), { recursive: true });
        await writeFile(join(temporary, "objects", "info", "alternates"), `${join(mirror, "objects")}\n`);
        await rename(temporary, directory).catch(async (error: NodeJS.ErrnoException) => {
          // Another was faster.
          if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
        });
      } finally {
        await removeDirectory(temporary);
      }
    }
    await removeAbandoned(directory);
    return new PrivateRepository(directory, git);
  }

  async run(args: readonly string[], accept?: readonly number[]) {
    return this.#git.own({ args, directory: this.directory, ...(accept && { accept }) });
  }

  /**
   * Takes objects in from a pack, each after a check (git-fsck(1), its warnings included), and only if nothing that they refer to
   * is missing. @param write writes the pack, complete in itself. @throws TrunklineError `validation_failed` where an object is
   * damaged or hostile.
   */
  async takeIn(
    write: (onOutput: (bytes: Uint8Array) => Promise<void>) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<void> {
    const incoming = await mkdtemp(join(this.directory, "incoming-"));
    const pack = join(incoming, "new.pack");
    try {
      await writeBounded(pack, write);
      const { stdout } = await this.#git.own({
        args: ["index-pack", "--strict", pack],
        directory: this.directory,
        timeoutMs: PACK_TIMEOUT_MS,
        signal,
      });
      const name = join(this.directory, "objects", "pack", `pack-${stdout.toString().trim()}`);
      // The index last: by it git finds the pack.
      await rename(pack, `${name}.pack`);
      await rename(join(incoming, "new.idx"), `${name}.idx`);
    } catch (error) {
      throw refusedObject(error) ?? error;
    } finally {
      await removeDirectory(incoming);
    }
  }

  /** Points a branch at a commit, and sees to it that both are on the disk: nobody else may have them. */
  async keep(branch: string, commit: string): Promise<void> {
    await this.run(["update-ref", `refs/heads/${branch}`, commit]);
    const packs = join(this.directory, "objects", "pack");
    for (const directory of [packs, this.directory, dirname(this.directory)]) {
      const handle = await open(directory);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
  }

  /** What differs between two commits: `MODE HASH PATH` of each path, each with NUL; zeros where it is gone. */
  async changed(base: string, commit: string): Promise<Uint8Array> {
    const { stdout } = await this.#git.own({
      args: ["diff-tree", "-r", "--raw", "-z", "--no-renames", `${base}^{tree}`, `${commit}^{tree}`],
      directory: this.directory,
      maxOutputBytes: MAX_CHANGED_BYTES,
    });
    // `:OLDMODE MODE OLD HASH STATUS`, then the path (git-diff-tree(1)).
    const fields = stdout.toString("latin1").split("\0");
    const entries = fields.flatMap((path, index) => {
      const [, mode = "", , hash = ""] = index % 2 === 1 ? (fields[index - 1] ?? "").split(" ") : [];
      return index % 2 === 1 ? [`${mode} ${hash} ${path}\0`] : [];
    });
    return Buffer.from(entries.join(""), "latin1");
  }

  async has(commit: string): Promise<boolean> {
    const { code } = await this.run(["cat-file", "-e", `${commit}^{commit}`], [0, 1, 128]);
    return code === 0;
  }

  async isAncestor(commit: string, of: string): Promise<boolean> {
    return (await this.run(["merge-base", "--is-ancestor", commit, of], [0, 1, 128])).code === 0;
  }

  /** Before the push, so that a kill in the middle of it leaves word that the commit is ours. */
  async willPush(commit: string): Promise<void> {
    await this.run(["update-ref", PUSHED + commit, commit]);
  }

  /** Whether this session has pushed the commit, or may have. */
  async hasPushed(commit: string): Promise<boolean> {
    const { code } = await this.run(["show-ref", "--verify", "--quiet", PUSHED + commit], [0, 1]);
    return code === 0;
  }
}

/** What a server that was killed was taking in: removed once no other node can be at work with it any more. */
async function removeAbandoned(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!/^(?:incoming|index)-/.test(name)) continue;
    const path = join(directory, name);
    const { mtimeMs = Date.now() } = (await stat(path).catch(() => null)) ?? {};
    if (Date.now() - mtimeMs > ABANDONED_MS) await removeDirectory(path);
  }
}

async function writeBounded(
  file: string,
  write: (onOutput: (bytes: Uint8Array) => Promise<void>) => Promise<unknown>,
): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  let written = 0;
  try {
    await write(async (bytes) => {
      written += bytes.byteLength;
      if (written > MAX_PACK_BYTES) {
        throw new TrunklineError(
          "payload_too_large",
          "The session's commits have more than 1 GiB; remove large files from them first",
        );
      }
      await handle.write(bytes);
    });
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Of git's words, what is wrong with an object. */
function refusedObject(error: unknown): TrunklineError | null {
  if (!(error instanceof GitError) || error.failure !== "failed") return null;
  const [, problem] = /object [0-9a-f]+: (\w+: .+)/.exec(error.stderr) ?? [];
  return new TrunklineError(
    "validation_failed",
    `The session's commits can't be published: ${printable(problem ?? "an object in them is damaged or missing")}. Ask the ` +
      "agent to make the commits anew without it",
    { cause: error },
  );
}
