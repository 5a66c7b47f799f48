import type { Dirent } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { entriesIn } from "../../common/raw-names.ts";
import { Glob, type GlobState } from "./glob.ts";
import type { HeldDirectory } from "./held-directory.ts";

export interface WalkOptions {
  /** Maximum depth, from 1. */
  depth: number;
  /** Matches paths relative to the start; directories are then not shown. */
  glob: string | undefined;
  limit: number;
  /** Goes before each shown path. */
  prefix: string;
  signal: AbortSignal;
}

/** Maximum entries examined, shown or not; also the maximum read from one directory. */
const MAX_VISITED = 50_000;

/** Maximum steps of the pattern over all paths: about a second of work. */
const MAX_GLOB_STEPS = 50_000_000;

/** Longest time without yielding to other requests, in ms. */
const SLICE_MS = 10;

const SKIPPED = new Set([".git", "node_modules"]);

/** Lists entries by name, each directory followed by its contents. Symbolic links are listed, never followed. */
export async function walk(
  root: HeldDirectory,
  { depth, glob: pattern, limit, prefix, signal }: WalkOptions,
): Promise<{ entries: string[]; isCut: boolean }> {
  const glob = pattern === undefined ? null : new Glob(pattern);
  const entries: string[] = [];
  let visited = 0;
  let isCut = false;
  let sliceEnd = performance.now() + SLICE_MS;

  const visit = async (
    directory: HeldDirectory,
    way: string,
    state: GlobState | null,
    level: number,
  ): Promise<void> => {
    const found = await readSorted(directory, MAX_VISITED - visited);
    for (const entry of found.entries) {
      signal.throwIfAborted();
      isCut ||= entries.length >= limit || (glob !== null && glob.steps > MAX_GLOB_STEPS);
      if (isCut) return;
      if (performance.now() > sliceEnd) {
        await setImmediate();
        sliceEnd = performance.now() + SLICE_MS;
      }
      visited++;
      const isDirectory = entry.isDirectory();
      const at = glob === null || state === null ? null : glob.advance(state, entry.name);
      if (glob === null || at === null || (!isDirectory && glob.matches(at))) {
        const mark = isDirectory ? "/" : entry.isSymbolicLink() ? "@" : "";
        entries.push(`${showPath(`${prefix}${way}${entry.name}`)}${mark}`);
      }
      if (!isDirectory || level >= depth || SKIPPED.has(entry.name)) continue;
      const inside = glob === null || at === null ? null : glob.advance(at, "/");
      if (glob !== null && inside !== null && glob.isDead(inside)) continue;
      await visitChild(directory, entry.name, `${way}${entry.name}/`, inside, level + 1);
    }
    isCut ||= found.isCut;
  };

  const visitChild = async (
    parent: HeldDirectory,
    name: string,
    way: string,
    state: GlobState | null,
    level: number,
  ): Promise<void> => {
    let child: HeldDirectory;
    try {
      child = await parent.child(name);
    } catch {
      // Removed meanwhile, or unreadable: list only the entry itself.
      return;
    }
    await using held = child;
    await visit(held, way, state, level);
  };

  await visit(root, "", glob?.start() ?? null, 1);
  return { entries, isCut };
}

/** Entries by name. A directory may contain millions, so only as many as will be examined are read. */
async function readSorted(
  directory: HeldDirectory,
  limit: number,
): Promise<{ entries: Dirent[]; isCut: boolean }> {
  const entries: Dirent[] = [];
  let isCut = false;
  for await (const entry of entriesIn(directory.self, { bufferSize: 512 })) {
    isCut = entries.length >= limit;
    if (isCut) break;
    entries.push(entry);
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { entries, isCut };
}

/** A name may contain line breaks, which would make one entry look like several. */
function showPath(path: string): string {
  return path.toWellFormed().replace(
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    /[\u0000-\u001f\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
