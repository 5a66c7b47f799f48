import { readdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { removeDirectory } from "../../common/remove-directory.ts";
import { isRunning } from "../is-running.ts";

/** A process id says nothing on another machine, or in another container, that has the same directory. */
const HOST = hostname().replaceAll(/[^\w.-]/g, "_");

/** In front of the name of what was being removed when that was killed. */
const TRASH = /^\.removing-/;

/** @returns the name of something that this process makes, and renames or removes when it is done */
export function unfinishedName(prefix: string): string {
  return `${prefix}${HOST}-${process.pid}`;
}

/**
 * Removes what processes of this machine that were killed have left under such names. What can't be removed, such as another
 * user's, stays: it is in nobody's way.
 * @param isOurs says which prefixes
 */
export async function removeAbandoned(directory: string, isOurs: (prefix: string) => boolean): Promise<void> {
  const suffix = new RegExp(String.raw`${RegExp.escape(HOST)}-(\d+)$`);
  const names = (await readdir(directory).catch(() => [])).map((name) => name.replace(TRASH, ""));
  for (const name of new Set(names)) {
    const [found = "", pid] = suffix.exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid)) || !isOurs(name.slice(0, -found.length))) continue;
    await removeDirectory(join(directory, name)).catch(() => undefined);
  }
}
