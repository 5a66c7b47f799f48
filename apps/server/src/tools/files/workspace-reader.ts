import { entriesIn } from "../../common/raw-names.ts";
import type { FileHead, WorkspaceReader } from "../port.ts";
import { holdDirectory } from "./held-directory.ts";
import { openFile } from "./open-file.ts";
import { WorkspaceError } from "./workspace-error.ts";

export function createWorkspaceReader(): WorkspaceReader {
  return {
    readHead: async (workspace, path, maxBytes) =>
      nullIfUnreadable(async () => {
        await using file = await openFile(workspace, path);
        const bytes = Buffer.alloc(Math.min(maxBytes, file.size));
        const { bytesRead } = await file.handle.read(bytes, 0, bytes.length, 0);
        return headOf(bytes.subarray(0, bytesRead), file.size);
      }),

    directoriesIn: async (workspace, path, limit) =>
      (await nullIfUnreadable(async () => {
        const { directory } = await holdDirectory(workspace, path);
        await using held = directory;
        const names: string[] = [];
        let seen = 0;
        for await (const entry of entriesIn(held.self, { bufferSize: 256 })) {
          if (seen++ >= limit) break;
          if (entry.isDirectory() || entry.isSymbolicLink()) names.push(entry.name);
        }
        return names.toSorted();
      })) ?? [],
  };
}

function headOf(bytes: Buffer, size: number): FileHead | null {
  if (bytes.includes(0)) return null;
  // As a stream, so that a character that is cut off at the end is left out instead of replaced.
  const text = new TextDecoder("utf-8").decode(bytes, { stream: bytes.length < size });
  return { text, omittedBytes: Math.max(0, size - bytes.length) };
}

async function nullIfUnreadable<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof WorkspaceError || isFileError(error)) return null;
    throw error;
  }
}

/** Whatever the file system says about a file is no reason to end a run. */
function isFileError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
