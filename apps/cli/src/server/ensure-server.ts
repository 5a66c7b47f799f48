import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { askYesNo, canAsk } from "../terminal/ask.ts";
import { awaiting } from "../terminal/awaiting.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { findDataDir, present, readServerRecord } from "./data-dir.ts";
import { isHealthy, startDetached } from "./start-detached.ts";
import { DEFAULT_URL, type TargetOptions } from "./target.ts";

/**
 * Makes sure that there is a server on this machine, unless the caller has named one: starts it where `start` says so,
 * and asks first where a person is there to answer.
 *
 * @throws CommandError where there is none and nobody wants one, or it does not start
 */
export async function ensureServer(
  terminal: Terminal,
  options: TargetOptions,
  { start }: { start: boolean },
): Promise<void> {
  const { env, err } = terminal;
  if (options.url !== undefined || present(env["TRUNKLINE_URL"]) !== undefined) return;
  const dataDir = findDataDir(options.dataDir, env);
  if (readServerRecord(dataDir) !== null || (await isHealthy(DEFAULT_URL))) return;
  if (!start) {
    const wanted =
      canAsk(terminal) && (await askYesNo(terminal, "No server runs here. Start one in the background?"));
    if (!wanted) throw new CommandError(EXIT.unreachable, nobodyHere(dataDir));
  }
  // Without the UI, which has to be built and takes a while: this is for somebody at a terminal.
  const settings = { TRUNKLINE_WEB: present(env["TRUNKLINE_WEB"]) ?? "off" };
  const { url, pid } = await awaiting(err, "starting a server", startDetached(dataDir, env, settings));
  await err.write(err.colors.dim(`A server is running at ${url}, pid ${pid}; \`trunkline stop\` ends it\n`));
}

function nobodyHere(dataDir: string): string {
  return (
    `No server runs on ${dataDir}, and none answers at ${DEFAULT_URL}. ` +
    "`trunkline run --start …` starts one in the background, `trunkline serve` one that you see; --url names another."
  );
}
