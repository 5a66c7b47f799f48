import { mkdir, writeFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import type { Spawner } from "../tools/port.ts";
import { GLOBAL_SETTINGS } from "./git-environment.ts";
import { GitError, type Git, type GitResult } from "./port.ts";
import { runGit } from "./run-git.ts";

/** The first version that has all that is asked of it: `http.curloptResolve`, by which it keeps to addresses that were checked. */
const OLDEST = [2, 37] as const;

/** Looks once whether git can be used. What needs it finds the reason in `reason`. */
export async function openGit(options: {
  /** Of the sandbox, or whatever runs commands where there is none. */
  sandboxed: Spawner;
  /** Outside the sandbox. */
  own: Spawner;
  /** Absolute path of git; null where there is none. */
  program: string | null;
  /** Search path. */
  path: string;
  dataDir: string;
  logger: Logger;
}): Promise<Git> {
  const { program, path, logger } = options;
  const unavailable = (reason: string): Git => {
    logger.warn({ reason }, "git cannot be used: there are no projects");
    const refuse = async (): Promise<GitResult> => {
      throw new GitError("unavailable", reason);
    };
    return { version: null, reason, own: refuse, sandboxed: refuse };
  };
  if (program === null) return unavailable("git is not installed: install it, then restart the server");
  const settings = join(options.dataDir, "git", "settings");
  await mkdir(join(options.dataDir, "git"), { recursive: true, mode: 0o700 });
  await writeFile(settings, GLOBAL_SETTINGS, { mode: 0o600 });
  const sandboxed = { spawner: options.sandboxed, program, path, settings };
  const own = { ...sandboxed, spawner: options.own, memoryBytes: mostMemory() };
  let version: string;
  try {
    const { stdout } = await runGit(own, { args: ["version"], directory: "/" }, {});
    version = stdout
      .toString()
      .trim()
      .replace(/^git version /, "");
  } catch (error) {
    return unavailable(`${program} does not work: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isRecent(version)) {
    return unavailable(
      `git ${version} is too old: install ${OLDEST.join(".")} or newer, then restart the server`,
    );
  }
  return {
    version,
    reason: null,
    own: async (run) => runGit(own, run, {}),
    sandboxed: async ({ readOnly = [], writable = [], ...run }) =>
      runGit(sandboxed, run, { readOnly: [...readOnly, settings], writable, network: "off" }),
  };
}

const GIB = 1_073_741_824;

/**
 * Of one git outside the sandbox, which reads what strangers send: a commit of gigabytes takes a megabyte on the way, and a list
 * of branches need not end. Half of what there is; a history of ten million objects needs about one GiB.
 */
function mostMemory(): number {
  const all = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return Math.max(GIB, Math.min(4 * GIB, Math.floor(all / 2)));
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
