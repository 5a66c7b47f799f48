import { open, rm } from "node:fs/promises";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { fileProblem } from "../file-problem.ts";

/** Readable by its owner only, because it may contain secrets; whole, or not there. @returns its size in bytes */
export async function writeNewFile(
  path: string,
  pieces: AsyncIterable<string | Uint8Array>,
): Promise<number> {
  try {
    await using handle = await open(path, "wx", 0o600);
    try {
      let bytes = 0;
      for await (const piece of pieces) {
        await handle.appendFile(piece);
        bytes += Buffer.byteLength(piece);
      }
      return bytes;
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  } catch (error) {
    // Anything else is a connection error.
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new CommandError(EXIT.usage, `Can't write ${path}: ${fileProblem(error)}.`, { cause: error });
  }
}
