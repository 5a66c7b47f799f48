import { constants } from "node:fs";
import { chmod, type FileHandle, mkdir, open, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { relativeInside, resolveInWorkspace } from "./workspace-path.ts";
import { toWorkspaceError, WorkspaceError } from "./workspace-error.ts";

/** A descriptor that stands for the directory and takes no right to read it; Node has no name for it. */
const O_PATH = 0x20_0000;

const OWNER_ACCESS = 0o700;

const DIRECTORY_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * A directory of the workspace that is held open, so that whoever moves it or puts a symbolic link in its place
 * meanwhile leads nobody astray: its entries are reached through the open directory, not by its path (as openat(2)
 * does; Linux has the way to it in `/proc/self/fd`). Elsewhere the path was at least checked just before.
 */
export class HeldDirectory implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #base: string;

  private constructor(handle: FileHandle, base: string) {
    this.#handle = handle;
    this.#base = base;
  }

  /** @throws WorkspaceError where the opened directory is not inside `root`. */
  static async open(root: string, path: string): Promise<HeldDirectory> {
    const handle = await open(path, DIRECTORY_FLAGS);
    try {
      const anchor = `/proc/self/fd/${handle.fd}`;
      const isAnchored = process.platform === "linux";
      const actual = isAnchored ? await readlink(anchor) : await realpath(path);
      if (relativeInside(root, actual) === null)
        throw new WorkspaceError("The path leads out of the workspace");
      return new HeldDirectory(handle, isAnchored ? anchor : path);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** A path of this very directory's entry, for one call; the last name is not followed with O_NOFOLLOW alone. */
  entry(name: string): string {
    return join(this.#base, name);
  }

  /** The directory itself, for one call. */
  get self(): string {
    return this.entry(".");
  }

  /** Opens a directory in it that is no symbolic link. */
  async child(name: string): Promise<HeldDirectory> {
    const handle = await open(this.entry(name), DIRECTORY_FLAGS);
    return new HeldDirectory(
      handle,
      process.platform === "linux" ? `/proc/self/fd/${handle.fd}` : this.entry(name),
    );
  }

  /** The same; what its owner is kept from by its mode is opened to the owner first. */
  async childWithAccess(name: string): Promise<HeldDirectory> {
    if (process.platform !== "linux" || process.getuid?.() === 0) return this.child(name);
    const handle = await open(this.entry(name), O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      const { mode } = await handle.stat();
      // By descriptor, so that it is this directory and nothing that is put in its place.
      if ((mode & OWNER_ACCESS) !== OWNER_ACCESS) {
        await chmod(`/proc/self/fd/${handle.fd}`, (mode & 0o777) | OWNER_ACCESS);
      }
    } finally {
      await handle.close();
    }
    return this.child(name);
  }

  /** The directory that it lies in now. */
  async parent(): Promise<HeldDirectory> {
    if (process.platform !== "linux")
      return new HeldDirectory(await open(dirname(this.#base), DIRECTORY_FLAGS), dirname(this.#base));
    const handle = await open(`${this.#base}/..`, DIRECTORY_FLAGS);
    return new HeldDirectory(handle, `/proc/self/fd/${handle.fd}`);
  }

  /** Tells it from every other directory. */
  async identity(): Promise<string> {
    const { dev, ino } = await this.#handle.stat({ bigint: true });
    return `${dev} ${ino}`;
  }

  /** The same, created where it does not exist. */
  async makeChild(name: string): Promise<HeldDirectory> {
    try {
      await mkdir(this.entry(name));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    return this.child(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

/** A file's place: the directory that holds it, or would, and its name there. */
export interface FilePlace extends AsyncDisposable {
  directory: HeldDirectory;
  name: string;
  /** Relative to the workspace, as the caller named it. */
  shown: string;
}

/**
 * Finds a file's place, and with `createParents` the directories on its way.
 * @throws WorkspaceError where it leads out of the workspace, or where there is no such directory.
 */
export async function findFilePlace(
  workspace: string,
  path: string,
  { createParents = false } = {},
): Promise<FilePlace> {
  const { root, existing, missing, shown } = await resolveInWorkspace(workspace, path);
  if (existing === root && missing.length === 0) throw new WorkspaceError(`${path}: is a directory`);
  const names = missing.length === 0 ? [basename(existing)] : [...missing];
  const name = names.pop() ?? "";
  if (names.length > 0 && !createParents) {
    throw new WorkspaceError(`${shown}: no such file or directory`);
  }
  try {
    let directory = await HeldDirectory.open(root, missing.length === 0 ? dirname(existing) : existing);
    for (const parent of names) {
      await using previous = directory;
      directory = await previous.makeChild(parent);
    }
    return { directory, name, shown, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
  } catch (error) {
    throw toWorkspaceError(shown, error);
  }
}

/** Opens a directory of the workspace. @throws WorkspaceError */
export async function holdDirectory(
  workspace: string,
  path: string,
): Promise<{ directory: HeldDirectory; shown: string }> {
  const { root, existing, missing, shown } = await resolveInWorkspace(workspace, path);
  if (missing.length > 0) throw new WorkspaceError(`${shown}: no such file or directory`);
  try {
    return { directory: await HeldDirectory.open(root, existing), shown };
  } catch (error) {
    throw toWorkspaceError(shown, error);
  }
}
