import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";

/** For a slow network; npm tries several times. */
const LIMIT_MS = 60_000;

/** Asks npm, which knows this machine's registry, proxy and certificates. @throws CommandError if it can't tell */
export async function latestVersion(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("npm", ["view", "trunkline", "version"], {
      env: { ...env },
      timeout: LIMIT_MS,
    });
    return stdout.trim();
  } catch (error) {
    throw new CommandError(
      EXIT.failed,
      "The npm registry does not say which version is the newest. Name one: --to VERSION.",
      { cause: error },
    );
  }
}
