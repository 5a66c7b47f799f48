import { constants } from "node:fs";
import { chmod, type FileHandle, mkdir, open, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { nameBytes } from "../../common/raw-names.ts";
import { relativeInside, resolveInWorkspace } from "./workspace-path.ts";
import { toWorkspaceError, WorkspaceError } from "./workspace-error.ts";

/** O_PATH: a descriptor for the directory without read permission; Node has no constant for it. */
const O_PATH = 0x20_0000;

/** What its owner needs of a directory. */
export const MAY_READ = 0o500;
export const MAY_WRITE = 0o700;

const DIRECTORY_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * An open directory of the workspace. Its entries are reached through the descriptor, not by path (like openat(2), by
 * way of Linux's `/proc/self/fd`), so moving it or replacing it with a symbolic link redirects nobody. On other systems
 * the path was at least checked just before.
 */
export class HeldDirectory implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #base: string;
  /** Its mode before it was opened to its owner; null: as it is. */
  readonly closedMode: number | null;

  private constructor(handle: FileHandle, base: string, closedMode: number | null = null) {
    this.#handle = handle;
    this.#base = base;
    this.closedMode = closedMode;
  }

  /** @throws WorkspaceError if the opened directory is not inside `root`. */
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

  /**
   * Path of an entry of this very directory, for one call; the last name may still be a link unless O_NOFOLLOW is used.
   * @param name as `entriesIn` gives it
   */
  entry(name: string): string | Buffer {
    return nameBytes(join(this.#base, name));
  }

  /** The directory itself, for one call. */
  get self(): string {
    return join(this.#base, ".");
  }

  /** Opens a subdirectory that is not a symbolic link. */
  async child(name: string): Promise<HeldDirectory> {
    return this.#child(name, null);
  }

  async #child(name: string, closedMode: number | null): Promise<HeldDirectory> {
    const handle = await open(this.entry(name), DIRECTORY_FLAGS);
    const base = process.platform === "linux" ? `/proc/self/fd/${handle.fd}` : join(this.#base, name);
    return new HeldDirectory(handle, base, closedMode);
  }

  /** The same, making it accessible to its owner first if its mode forbids it; whoever is done with it closes it again. */
  async childWithAccess(name: string, access: number): Promise<HeldDirectory> {
    if (process.platform !== "linux" || process.getuid?.() === 0) return this.child(name);
    let closedMode: number | null = null;
    const handle = await open(this.entry(name), O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      const { mode } = await handle.stat();
      // By descriptor, so that it is this directory and not a replacement.
      if ((mode & access) !== access) {
        closedMode = mode & 0o7777;
        await chmod(`/proc/self/fd/${handle.fd}`, closedMode | access);
      }
    } finally {
      await handle.close();
    }
    return this.#child(name, closedMode);
  }

  async setMode(mode: number): Promise<void> {
    await this.#handle.chmod(mode);
  }

  /** Its current parent. */
  async parent(): Promise<HeldDirectory> {
    if (process.platform !== "linux")
      return new HeldDirectory(await open(dirname(this.#base), DIRECTORY_FLAGS), dirname(this.#base));
    const handle = await open(`${this.#base}/..`, DIRECTORY_FLAGS);
    return new HeldDirectory(handle, `/proc/self/fd/${handle.fd}`);
  }

  /** Identifies the directory. */
  async identity(): Promise<string> {
    const { dev, ino } = await this.#handle.stat({ bigint: true });
    return `${dev} ${ino}`;
  }

  /** The same, creating it if necessary. */
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

/** A file's location: the directory that contains it, or would, and its name. */
export interface FilePlace extends AsyncDisposable {
  directory: HeldDirectory;
  name: string;
  /** Relative to the workspace, as given by the caller. */
  shown: string;
}

/**
 * Locates a file; `createParents` creates missing directories.
 * @throws WorkspaceError if it is outside the workspace, or a directory does not exist.
 */
export async function findFilePlace(
  workspace: string,
  path: string,
  { createParents = false } = {},
): Promise<FilePlace> {
  const { root, existing, missing, shown } = await resolveInWorkspace(workspace, path);
  if (existing === root && missing.length === 0) throw new WorkspaceError(`${path}: is a directory`);
  // As for open(2): a slash at the end is a directory's.
  if (path.endsWith("/")) {
    throw new WorkspaceError(`${path}: names a directory. Leave out the slash at its end to name a file`, {
      cause: Object.assign(new Error("ENOTDIR"), { code: "ENOTDIR" }),
    });
  }
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
