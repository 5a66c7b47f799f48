import { hints, type CommandContext } from "../commands/context.ts";
import { askYesNo, canAsk } from "../terminal/ask.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { findDataDir, present } from "./data-dir.ts";
import { findLocalServer } from "./local-server.ts";
import { startDetached } from "./start-detached.ts";
import type { TargetOptions } from "./target.ts";

/**
 * Starts a server on this machine where none runs and the caller has named none: without asking where `start` says so,
 * or else if somebody is there and says yes. Where it does not, `findTarget` says what is missing.
 *
 * @throws CommandError where it does not start
 */
export async function ensureServer(
  context: CommandContext,
  options: TargetOptions,
  { start }: { start: boolean },
): Promise<void> {
  const { terminal } = context;
  const { env, err } = terminal;
  const named = [
    options.url,
    options.tokenFile,
    present(env["TRUNKLINE_URL"]),
    present(env["TRUNKLINE_TOKEN"]),
  ];
  if (named.some((value) => value !== undefined)) return;
  const dataDir = findDataDir(options.dataDir, env);
  if (findLocalServer(dataDir).state !== "absent") return;
  if (!start) {
    const question = `No server is running for ${dataDir}. Start one in the background?`;
    if (!canAsk(terminal) || !(await askYesNo(terminal, question))) return;
  }
  // Without the UI, which has to be built: this is for somebody at a terminal.
  const settings = { TRUNKLINE_WEB: present(env["TRUNKLINE_WEB"]) ?? "off" };
  const { url, pid } = await awaiting(err, "Starting a server", startDetached(dataDir, terminal, settings));
  await err.write(
    err.colors.dim(`Server running at ${url}, pid ${pid}. Stop it: ${hints(context)("stop")}\n`),
  );
}
