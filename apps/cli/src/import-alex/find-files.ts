import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Where the original kept sessions, in a home directory. */
const SESSION_DIRECTORIES = [".alex-sessions", ".deep-coding-sessions"];
const COSTS_DIRECTORY = ".alex-costs";
const PLAN_SUFFIX = "_todo.md";

export interface FoundFiles {
  /** Each with the plan beside it. */
  sessions: { path: string; stem: string; planPath: string | null }[];
  /** Plans that belong to no session. */
  strayPlans: string[];
  /** Files that are no session by their name. */
  others: string[];
  /** Where the costs are, if they are where the original kept them. */
  costsDirectory: string | null;
}

/**
 * Looks into a directory of sessions, or into those of a home directory. Directories inside are not looked into: the
 * original made none.
 *
 * @throws Error with a code, as node:fs does, where the directory cannot be read
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

/** @returns names in an order that does not depend on the file system: copies have the longer name, and come later. */
async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const files = await Promise.all(
    entries.map(async (entry) => [entry.name, await isFile(directory, entry)] as const),
  );
  const names = files.flatMap(([name, is]) => (is ? [name] : []));
  return names.toSorted().toSorted((a, b) => a.length - b.length);
}

/** A pipe or a device must not be opened: reading it may never end. */
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
