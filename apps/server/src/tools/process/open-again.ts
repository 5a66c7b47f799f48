import { chmod, stat } from "node:fs/promises";

const OWNER_MAY_ALL = 0o700;

/**
 * Opens a directory that a command has closed, as by `chmod 000 .`: nothing could begin there any more, and so nothing could
 * open it again. What is in it stays as it is.
 *
 * @throws Error if there is none
 */
export async function openAgain(directory: string): Promise<void> {
  const { mode, uid } = await stat(directory);
  if ((mode & OWNER_MAY_ALL) === OWNER_MAY_ALL || uid !== process.getuid?.()) return;
  await chmod(directory, (mode & 0o7777) | OWNER_MAY_ALL);
}
