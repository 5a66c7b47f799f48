import { dirname } from "node:path";
import type { Spawner } from "../port.ts";
import { findProgram, isExecutable } from "../sandbox/find-program.ts";

/** A ripgrep to run. */
export interface Ripgrep {
  /** Absolute path. */
  program: string;
  /** Directories that it needs to see. */
  shows: readonly string[];
}

/** The one that came with the server, else this machine's. @returns null if there is none. */
export async function findRipgrep(path: string): Promise<Ripgrep | null> {
  const own = await packagedProgram();
  if (own !== null && (await isExecutable(own))) return { program: own, shows: [dirname(own)] };
  const program = await findProgram("rg", path);
  return program === null ? null : { program, shows: [] };
}

/**
 * What searches files. What it runs is ours: where commands are refused for want of a sandbox, it still searches.
 * @returns undefined without ripgrep.
 */
export async function openSearch({
  path,
  spawner,
  bare,
}: {
  path: string;
  spawner: Spawner;
  /** Runs programs outside of any sandbox. */
  bare: Spawner;
}): Promise<{ ripgrep: Ripgrep; spawner: Spawner } | undefined> {
  const ripgrep = await findRipgrep(path);
  return ripgrep === null ? undefined : { ripgrep, spawner: spawner.isSandboxed ? spawner : bare };
}

/** The package throws where it has no binary for the platform. */
async function packagedProgram(): Promise<string | null> {
  try {
    return (await import("@vscode/ripgrep")).rgPath;
  } catch {
    return null;
  }
}
