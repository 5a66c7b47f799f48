import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { findFilePlace, type FilePlace } from "./held-directory.ts";
import { toWorkspaceError, WorkspaceError } from "./workspace-error.ts";

/** Non-blocking, so that a FIFO can't hang us; no symbolic links. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface OpenedFile extends AsyncDisposable {
  handle: FileHandle;
  size: number;
  /** Permission bits. */
  mode: number;
  shown: string;
}

/** Opens a regular file of the workspace for reading. @throws WorkspaceError */
export async function openFile(workspace: string, path: string): Promise<OpenedFile> {
  await using place = await findFilePlace(workspace, path);
  return await openAt(place);
}

/** The same in an open directory. @throws WorkspaceError */
export async function openAt({ directory, name, shown }: FilePlace): Promise<OpenedFile> {
  try {
    const handle = await open(directory.entry(name), READ_FLAGS);
    const stats = await handle.stat().catch(async (error: unknown) => {
      await handle.close();
      throw error;
    });
    if (!stats.isFile()) {
      await handle.close();
      throw new WorkspaceError(`${shown}: ${stats.isDirectory() ? "is a directory" : "not a regular file"}`);
    }
    return {
      handle,
      size: stats.size,
      mode: stats.mode & 0o777,
      shown,
      [Symbol.asyncDispose]: () => handle.close(),
    };
  } catch (error) {
    throw toWorkspaceError(shown, error);
  }
}
