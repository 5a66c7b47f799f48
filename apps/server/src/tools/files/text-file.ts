import { WorkspaceError } from "./workspace-error.ts";
import type { OpenedFile } from "./open-file.ts";

/** Largest file that is taken into memory as a whole, in bytes. */
export const MAX_WHOLE_FILE_BYTES = 8_388_608;

/** @returns the file's text. @throws WorkspaceError where it is too large or no UTF-8. */
export async function readWholeText({ handle, size, shown }: OpenedFile): Promise<string> {
  if (size > MAX_WHOLE_FILE_BYTES) {
    throw new WorkspaceError(`${shown}: it is too large (${size} bytes; at most ${MAX_WHOLE_FILE_BYTES})`);
  }
  const bytes = await handle.readFile();
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new WorkspaceError(`${shown}: it is a binary file`, { cause: error });
  }
}
