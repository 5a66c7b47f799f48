import { homedir } from "node:os";
import { resolve } from "node:path";

/**
 * Makes a user's path absolute, because a server started from it may run elsewhere. Shells don't expand a quoted `~`,
 * or one in an option such as `--out=~/x`; nobody means a directory of that name.
 */
export function localPath(path: string): string {
  if (path === "~") return homedir();
  return path.startsWith("~/") ? resolve(homedir(), path.slice(2)) : resolve(path);
}
