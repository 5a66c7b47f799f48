import { type FileHandle, open } from "node:fs/promises";
import { isCutOff } from "./cut-off-json.ts";
import { type Skip, skip } from "./skip.ts";

/** Files are read whole; a larger one exceeds any import limit. */
const MAX_SOURCE_BYTES = 256 * 1024 * 1024;

export interface SourceText {
  text: string;
  /** Modification time, in ms since the epoch. */
  modifiedAt: number;
}

/** Reads a source file, opened read-only. */
export async function readSource(path: string): Promise<SourceText | { skip: Skip }> {
  try {
    await using file = await open(path, "r");
    return await readWhole(file);
  } catch (error) {
    if (error instanceof Error && "code" in error) return skip("unreadable", error.message);
    throw error;
  }
}

async function readWhole(file: FileHandle): Promise<SourceText | { skip: Skip }> {
  const { size, mtimeMs } = await file.stat();
  if (size > MAX_SOURCE_BYTES) return skip("too-large", tooLarge(size, MAX_SOURCE_BYTES));
  const text = await file.readFile("utf8");
  return { text: text.replace(/^\uFEFF/, ""), modifiedAt: Math.floor(mtimeMs) };
}

/** Reads a session file's JSON. */
export function parseSource(text: string): { value: unknown } | { skip: Skip } {
  if (text.trim() === "") return skip("empty", "the file is empty");
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return isCutOff(text)
      ? skip(
          "truncated",
          "cut off in the middle: alex was stopped while it saved; look for a backup of the file",
        )
      : skip("invalid-json", `not JSON: ${error.message}`);
  }
}

export function tooLarge(bytes: number, limitBytes: number): string {
  const mebibytes = (count: number): string => `${(count / 1024 / 1024).toFixed(1)} MiB`;
  return (
    `${mebibytes(bytes)}, and ${mebibytes(limitBytes)} is the most; ` +
    "cut its messages into two files with ids of their own, and import both"
  );
}
