import { accessSync, constants, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Where something is kept that can be made again: beside the code, where whoever can write could change the code as well;
 * or, where that is another user's, in this user's own cache. Never in /tmp, where somebody else could have put it.
 *
 * @param {string} name
 * @returns {string | null} an existing directory; null where nothing can be kept
 */
export function cacheDirectory(name) {
  const own = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return usable(besideCode(name)) ?? usable(join(own, "trunkline", name));
}

/** @param {string} name */
export function besideCode(name) {
  return fileURLToPath(new URL(`../node_modules/.cache/${name}`, import.meta.url));
}

/** @param {string} directory */
function usable(directory) {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
    return directory;
  } catch {
    // Somebody else's, or read-only.
    return null;
  }
}
