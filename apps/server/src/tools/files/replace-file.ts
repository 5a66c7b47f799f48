import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import type { FilePlace } from "./held-directory.ts";
import { toWorkspaceError } from "./workspace-error.ts";

const CREATE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Replaces a file atomically: nobody ever reads half of it.
 * @param mode permission bits to keep; absent: those of a new file.
 * @throws WorkspaceError
 */
export async function replaceFile(
  { directory, name, shown }: FilePlace,
  content: Uint8Array,
  mode?: number,
): Promise<void> {
  const temporary = directory.entry(`.trunkline-${randomUUID()}`);
  try {
    const handle = await open(temporary, CREATE_FLAGS, 0o666);
    try {
      await handle.writeFile(content);
      if (mode !== undefined) await handle.chmod(mode);
    } finally {
      await handle.close();
    }
    await rename(temporary, directory.entry(name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw toWorkspaceError(shown, error);
  }
}
