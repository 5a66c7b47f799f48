import { open } from "node:fs/promises";
import { join } from "node:path";
import type { IsAgreed } from "./port.ts";

/** Beside the database; `trunkline run` writes it once the operator has agreed at a terminal. */
const AGREED_DIRECTORIES_FILE = "agreed-directories.json";
const MAX_FILE_BYTES = 1_048_576;

/**
 * Directories that the operator of this machine agreed to, each for one user. That it was the operator is proven by where
 * the answer lies: only who runs the server can write to its data directory, so no call of the API can add one. Read anew
 * each time; what others could have written counts for nothing.
 */
export function createAgreedDirectories(dataDir: string): IsAgreed {
  const file = join(dataDir, AGREED_DIRECTORIES_FILE);
  return async (realPath, userId) => {
    const agreed = await readOwn(file);
    return agreed.some((entry) => entry.path === realPath && entry.userId === userId && entry.agreed);
  };
}

interface Entry {
  path: string;
  userId: string;
  agreed: boolean;
}

async function readOwn(file: string): Promise<Entry[]> {
  let text: string;
  try {
    await using handle = await open(file, "r");
    const { mode, uid, size } = await handle.stat();
    const isOwn = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    if (!isOwn || size > MAX_FILE_BYTES) return [];
    text = await handle.readFile("utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
  try {
    const content: unknown = JSON.parse(text);
    const directories = (content as { directories?: unknown } | null)?.directories;
    return Array.isArray(directories) ? directories.filter(isEntry) : [];
  } catch (error) {
    // Nobody has agreed to what can't be read.
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false;
  const { path, userId, agreed } = value as Partial<Record<keyof Entry, unknown>>;
  return typeof path === "string" && typeof userId === "string" && typeof agreed === "boolean";
}
