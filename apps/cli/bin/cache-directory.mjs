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
  return usable(besideCode(name)) ?? usable(ofUser(name));
}

/**
 * Places of what serves any installation: where the code is somebody's own, their cache comes first, so that a second installation (in
 * another folder, by npx) finds it; where it is the machine's, the place beside the code, where every user finds it.
 *
 * @param {string} name
 * @returns {string[]} paths, which may not exist
 */
export function sharedPlaces(name) {
  const isOwn = besideCode(name).startsWith(`${homedir()}/`);
  return isOwn ? [ofUser(name), besideCode(name)] : [besideCode(name), ofUser(name)];
}

/** @param {string} name */
function besideCode(name) {
  return fileURLToPath(new URL(`../node_modules/.cache/${name}`, import.meta.url));
}

/** @param {string} name */
function ofUser(name) {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "trunkline", name);
}

/** @param {string} directory */
export function usable(directory) {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
    return directory;
  } catch {
    // Somebody else's, or read-only.
    return null;
  }
}
