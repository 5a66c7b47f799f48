import { homedir } from "node:os";
import { resolve } from "node:path";

/**
 * A path as a user gives it, made absolute: a server that is started from it may run elsewhere. Shells leave a `~` alone
 * that is quoted, or stands in an option such as `--out=~/x`; nobody means a directory of that name.
 */
export function localPath(path: string): string {
  if (path === "~") return homedir();
  return path.startsWith("~/") ? resolve(homedir(), path.slice(2)) : resolve(path);
}
