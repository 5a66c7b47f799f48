import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { fileProblem } from "../file-problem.ts";

/**
 * Creates the data directory like the server, for this user only. Level by level, because Node's recursive `mkdir`
 * hangs below a directory that accepts none, such as /proc.
 *
 * @throws CommandError if it can't be created or used
 */
export function makeDataDir(dataDir: string): void {
  try {
    for (const path of missingLevels(dataDir)) mkdirSync(path, { mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const why = hasCode(error, "ENOENT") ? "no directory can be created there" : fileProblem(error);
    throw new CommandError(
      EXIT.usage,
      `Can't use ${dataDir} as the data directory: ${why}. Choose another: --data-dir PATH.`,
      { cause: error },
    );
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** @returns the directories to create, outermost first */
function missingLevels(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [...missingLevels(dirname(path)), path];
  if (!stats.isDirectory()) throw Object.assign(new Error(`${path} is not a directory`), { code: "ENOTDIR" });
  return [];
}
