import { resolve } from "node:path";
import { findHome } from "@trunkline/server/find-home";

/**
 * Makes a user's path absolute, because a server started from it may run elsewhere. Shells don't expand a quoted `~`,
 * or one in an option such as `--out=~/x`; nobody means a directory of that name.
 */
export function localPath(path: string): string {
  if (path === "~") return findHome();
  return path.startsWith("~/") ? resolve(findHome(), path.slice(2)) : resolve(path);
}
