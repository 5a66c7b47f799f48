import { accessSync, constants, mkdirSync } from "node:fs";
import { userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
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
  const home = findHome();
  const [beside, own] = [besideCode(name), ofUser(name)];
  if (own === null) return [beside];
  return home !== null && beside.startsWith(`${home}/`) ? [own, beside] : [beside, own];
}

/** @param {string} name */
function besideCode(name) {
  return fileURLToPath(new URL(`../node_modules/.cache/${name}`, import.meta.url));
}

/**
 * @param {string} name
 * @returns {string | null} null for a user without a home
 */
function ofUser(name) {
  const home = findHome();
  const cache = process.env["XDG_CACHE_HOME"] || (home === null ? null : join(home, ".cache"));
  return cache === null ? null : join(cache, "trunkline", name);
}

/**
 * The rule of the server's find-home.ts, which no Node that is too old can load.
 *
 * @returns {string | null}
 */
function findHome() {
  const given = process.env["HOME"] ?? "";
  if (isAbsolute(given)) return given;
  try {
    return userInfo().homedir || null;
  } catch {
    // The user is in no list of users, as in containers.
    return null;
  }
}

/** @param {string | null} directory */
export function usable(directory) {
  if (directory === null) return null;
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
    return directory;
  } catch {
    // Somebody else's, or read-only.
    return null;
  }
}
