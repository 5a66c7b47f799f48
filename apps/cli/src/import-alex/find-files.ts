import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Where the original stored sessions, below the home directory. */
const SESSION_DIRECTORIES = [".alex-sessions", ".deep-coding-sessions"];
const COSTS_DIRECTORY = ".alex-costs";
const PLAN_SUFFIX = "_todo.md";

export interface FoundFiles {
  /** Each with its plan file. */
  sessions: { path: string; stem: string; planPath: string | null }[];
  /** Plans without a session. */
  strayPlans: string[];
  /** Files whose names are not session names. */
  others: string[];
  /** The cost directory, if it is where the original put it. */
  costsDirectory: string | null;
}

/**
 * Scans a directory of sessions, or the default one in a home directory. Not recursive: the original created no
 * subdirectories.
 *
 * @throws Error with a code, like node:fs, if the directory can't be read
 */
export async function findFiles(directory: string): Promise<FoundFiles> {
  const entries = await readdir(directory, { withFileTypes: true });
  const inside = entries.filter((entry) => SESSION_DIRECTORIES.includes(entry.name));
  const homes =
    inside.length === 0 ? [directory] : inside.map(({ name }) => join(directory, name)).toSorted();
  const found: FoundFiles = { sessions: [], strayPlans: [], others: [], costsDirectory: null };
  for (const home of homes) sortFiles(home, await filesIn(home), found);
  const beside = inside.length === 0 ? dirname(directory) : directory;
  const costs = join(beside, COSTS_DIRECTORY);
  found.costsDirectory = (await isDirectory(costs)) ? costs : null;
  return found;
}

function sortFiles(directory: string, names: readonly string[], found: FoundFiles): void {
  const stems = names.filter((name) => name.endsWith(".json")).map((name) => basename(name, ".json"));
  const plans = new Set(names.filter((name) => name.endsWith(PLAN_SUFFIX)));
  for (const stem of stems) {
    const hasPlan = plans.delete(stem + PLAN_SUFFIX);
    const planPath = hasPlan ? join(directory, stem + PLAN_SUFFIX) : null;
    found.sessions.push({ path: join(directory, `${stem}.json`), stem, planPath });
  }
  found.strayPlans.push(...[...plans].map((name) => join(directory, name)));
  const others = names.filter((name) => !name.endsWith(".json") && !name.endsWith(PLAN_SUFFIX));
  found.others.push(...others.map((name) => join(directory, name)));
}

/** @returns names in an order independent of the file system: copies have longer names and come later. */
async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const files = await Promise.all(
    entries.map(async (entry) => [entry.name, await isFile(directory, entry)] as const),
  );
  const names = files.flatMap(([name, is]) => (is ? [name] : []));
  return names.toSorted().toSorted((a, b) => a.length - b.length);
}

/** A pipe or device must not be opened: reading it may never end. */
async function isFile(directory: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  const target = await stat(join(directory, entry.name)).catch(absent);
  return target?.isFile() === true;
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(absent))?.isDirectory() === true;
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "EACCES") return null;
  throw error;
}
