import { oneLine } from "../terminal/plain-text.ts";

interface Files {
  count: number;
  /** The first of them. */
  paths: readonly string[];
}

/** Paths that are named; the record of the backup has more. */
const MAX_NAMED = 3;

/** @returns a line that says what a backup does not have; empty where it has everything */
export function leftOutLine({ closed, gone }: { closed: Files; gone: Files }): string {
  const parts = [
    part(closed, "that a command has closed to the server"),
    part(gone, "that went while they were copied"),
  ].filter((text) => text !== null);
  return parts.length === 0 ? "" : `Not in the backup: ${parts.join("; ")}\n`;
}

/** @returns the first of them by name, and how many more there are */
export function firstOf(paths: readonly string[], count = paths.length): string {
  const named = paths.slice(0, MAX_NAMED);
  const more = count > named.length ? ` and ${count - named.length} more` : "";
  return `${named.map(oneLine).join(", ")}${more}`;
}

function part({ count, paths }: Files, why: string): string | null {
  if (count === 0) return null;
  return `${count} ${count === 1 ? "file or directory" : "files and directories"} ${why} (${firstOf(paths, count)})`;
}
