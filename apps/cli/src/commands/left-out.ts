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

function part({ count, paths }: Files, why: string): string | null {
  if (count === 0) return null;
  const named = paths.slice(0, MAX_NAMED);
  const more = count > named.length ? ` and ${count - named.length} more` : "";
  return `${count} ${count === 1 ? "file or directory" : "files and directories"} ${why} (${named.map(oneLine).join(", ")}${more})`;
}
