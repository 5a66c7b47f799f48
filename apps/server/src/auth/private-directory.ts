import { chmod, mkdir, readdir, stat } from "node:fs/promises";

const OTHERS = 0o077;
/** What a data directory holds; a directory with none of it, and yet not empty, is somebody else's. */
const OURS = /^(token|trunkline\.|workspaces$)/;

/**
 * Makes sure that nobody but this user can look into the data directory: creates it with mode 0700, or narrows the
 * mode of one that is ours.
 *
 * @throws Error where it is open to others and does not look like ours: narrowing `/tmp` or a home would break more
 * than it protects
 */
export async function ensurePrivateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const { mode } = await stat(path);
  if ((mode & OTHERS) === 0) return;
  const entries = await readdir(path);
  if (entries.length > 0 && !entries.some((entry) => OURS.test(entry))) {
    throw new Error(
      `The data directory ${path} is open to other users and holds files that are not Trunkline's; ` +
        `set TRUNKLINE_DATA_DIR to a directory of its own, or run: chmod 700 '${path}'`,
    );
  }
  await chmod(path, 0o700);
}
