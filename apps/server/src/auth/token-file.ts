import { randomUUID } from "node:crypto";
import { chmod, open, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { isSecret, newSecret } from "./secret.ts";

const OTHERS = 0o077;

/** Where the CLI and people on this machine find the local token: `<dataDir>/token`, the bare token, mode 0600. */
function tokenPath(dataDir: string): string {
  return join(dataDir, "token");
}

/**
 * @returns the token in the file; undefined if there is none, or the file is empty because of a crash while it was
 * created
 * @throws Error if the file contains something else
 */
export async function readTokenFile(dataDir: string): Promise<string | undefined> {
  const path = tokenPath(dataDir);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const token = text.trim();
  if (token === "") return undefined;
  if (!isSecret(token)) {
    throw new Error(
      `${path} is not a Trunkline token; remove it, and a new one is created at the next start`,
    );
  }
  const { mode } = await stat(path);
  if ((mode & OTHERS) !== 0) await chmod(path, 0o600);
  return token;
}

/** Writes a new token atomically, readable only by this user from its first byte. */
export async function writeTokenFile(dataDir: string): Promise<string> {
  const token = newSecret();
  const path = tokenPath(dataDir);
  const draft = `${path}.${randomUUID()}`;
  // "wx": never writes through an existing file or link.
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(token);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  return token;
}
