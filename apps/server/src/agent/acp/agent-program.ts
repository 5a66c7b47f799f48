import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, sep } from "node:path";

/** A program and what of the machine it needs to see. */
export interface AgentProgram {
  /** Absolute path. */
  path: string;
  /** Directories to show to it. */
  shown: readonly string[];
}

/** @returns null if it is not installed. */
export async function findAgentProgram(
  command: string,
  findProgram: (name: string) => Promise<string | null>,
): Promise<AgentProgram | null> {
  const path = isAbsolute(command) ? command : await findProgram(command);
  const real = path === null ? null : await realpath(path).catch(() => null);
  if (path === null || real === null) return null;
  return { path, shown: [...new Set([installationOf(path), installationOf(real)])] };
}

/** All packages that npm has installed together, since they need each other; otherwise the program's directory alone. */
function installationOf(path: string): string {
  const parts = path.split(sep);
  const modules = parts.indexOf("node_modules");
  return modules > 0 ? parts.slice(0, modules + 1).join(sep) : dirname(path);
}
