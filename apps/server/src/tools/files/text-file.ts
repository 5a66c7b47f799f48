import { WorkspaceError } from "./workspace-error.ts";
import type { OpenedFile } from "./open-file.ts";
import { detectEncoding, ENCODING_SAMPLE_BYTES, type FileEncoding } from "./text-encoding.ts";

/** Largest file to hold in memory or write, in bytes. */
export const MAX_WHOLE_FILE_BYTES = 8_388_608;

export interface WholeText {
  bytes: Uint8Array;
  encoding: FileEncoding;
}

/** @throws WorkspaceError if the file is too large or not text. */
export async function readWholeText(file: OpenedFile): Promise<WholeText> {
  const bytes = await readWhole(file);
  if (bytes === null) throw tooLarge(file.shown, file.size);
  const encoding = detectEncoding(bytes.subarray(0, ENCODING_SAMPLE_BYTES));
  if (encoding === null) throw new WorkspaceError(`${file.shown}: this is a binary file`);
  return { bytes, encoding };
}

/** @returns the whole file, however it grows meanwhile; null if it is too large. */
export async function readWhole({ handle, size }: OpenedFile): Promise<Uint8Array | null> {
  if (size > MAX_WHOLE_FILE_BYTES) return null;
  let buffer = Buffer.allocUnsafe(size + 1);
  for (let length = 0; ;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
    if (length > MAX_WHOLE_FILE_BYTES) return null;
    if (length === buffer.length) {
      buffer = Buffer.concat([buffer], Math.min(2 * length, MAX_WHOLE_FILE_BYTES + 1));
    }
  }
}

export function tooLarge(shown: string, bytes: number): WorkspaceError {
  return new WorkspaceError(`${shown}: too large (${bytes} bytes; the limit is ${MAX_WHOLE_FILE_BYTES})`);
}
