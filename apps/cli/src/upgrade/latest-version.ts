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
    throw new CommandError(EXIT.failed, `${problem(error)} If you know the version: --to VERSION.`, {
      cause: error,
    });
  }
}

/** npm's codes: https://docs.npmjs.com/cli/v11/using-npm/logging and its lib/utils/error-message.js */
function problem(error: unknown): string {
  const { code, killed, stderr = "" } = error as { code?: unknown; killed?: boolean; stderr?: string };
  if (code === "ENOENT")
    return "npm, which knows the newest version, is not on the PATH. Install it with Node.";
  if (killed)
    return `The npm registry did not answer within ${LIMIT_MS / 1_000} s. Check the network, and npm ping.`;
  const [, said = ""] = /^npm (?:error|ERR!) code (\w+)/m.exec(stderr) ?? [];
  if (said === "E404") {
    return (
      "The npm registry has no package 'trunkline' (`npm config get registry` shows which one is asked). Installed from a tarball? " +
      "Then install a newer one the same way: npm install --global ./trunkline-VERSION.tgz."
    );
  }
  return `The npm registry can't be asked${said === "" ? "" : ` (${said})`}. Check the network, and npm ping.`;
}
