import { readdir } from "node:fs/promises";
import { matchesGlob } from "node:path";
import { withoutNul } from "../output-text.ts";
import type { HeldDirectory } from "./held-directory.ts";

export interface WalkOptions {
  /** Levels to go down, from 1. */
  depth: number;
  /** Fits paths relative to where the walk begins; directories are then not shown. */
  glob: string | undefined;
  limit: number;
  /** Goes before each shown path. */
  prefix: string;
  signal: AbortSignal;
}

/** Entries that are looked at, shown or not. */
const MAX_VISITED = 50_000;

const SKIPPED = new Set([".git", "node_modules"]);

/** Lists a directory's entries by name, each directory's own right behind it. Symbolic links are shown, never followed. */
export async function walk(
  root: HeldDirectory,
  { depth, glob, limit, prefix, signal }: WalkOptions,
): Promise<{ entries: string[]; isCut: boolean }> {
  const entries: string[] = [];
  let visited = 0;
  let isCut = false;

  const visit = async (directory: HeldDirectory, way: string, level: number): Promise<void> => {
    const found = await readdir(directory.self, { withFileTypes: true });
    found.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of found) {
      signal.throwIfAborted();
      isCut ||= entries.length >= limit || visited >= MAX_VISITED;
      if (isCut) return;
      visited++;
      const path = `${way}${entry.name}`;
      const isDirectory = entry.isDirectory();
      if (glob === undefined || (!isDirectory && matchesGlob(path, glob))) {
        entries.push(withoutNul(`${prefix}${path}${isDirectory ? "/" : entry.isSymbolicLink() ? "@" : ""}`));
      }
      if (isDirectory && level < depth && !SKIPPED.has(entry.name)) {
        await visitChild(directory, entry.name, `${path}/`, level + 1);
      }
    }
  };

  const visitChild = async (
    parent: HeldDirectory,
    name: string,
    way: string,
    level: number,
  ): Promise<void> => {
    let child: HeldDirectory;
    try {
      child = await parent.child(name);
    } catch {
      // Gone meanwhile, or not for us to read: its own line is all that can be said of it.
      return;
    }
    await using held = child;
    await visit(held, way, level);
  };

  await visit(root, "", 1);
  return { entries, isCut };
}
