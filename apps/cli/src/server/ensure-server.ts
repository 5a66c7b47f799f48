import { secretVariable } from "./secret-variable.ts";
import { hints, type CommandContext } from "../commands/context.ts";
import { askYesNo, canAsk } from "../terminal/ask.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { findDataDir, present } from "./data-dir.ts";
import { findLocalServer } from "./local-server.ts";
import { startDetached } from "./start-detached.ts";
import { isSignedInElsewhere, type TargetOptions } from "./target.ts";

/**
 * Starts a local server if none is running and the caller named none: without asking if `start` is set, otherwise after
 * asking an interactive user who has signed in nowhere else. If it is not started, `findTarget` reports what is missing.
 *
 * @throws CommandError if it does not start
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
    options.profile,
    present(env["TRUNKLINE_PROFILE"]),
    present(env["TRUNKLINE_URL"]),
    secretVariable("TRUNKLINE_TOKEN", env),
  ];
  if (named.some((value) => value !== undefined)) return;
  const dataDir = findDataDir(options.dataDir, env);
  if (findLocalServer(dataDir).state !== "absent") return;
  if (!start) {
    if (isSignedInElsewhere(options, env)) return;
    const question = `No server is running for ${oneLine(dataDir)}. Start one in the background?`;
    if (!canAsk(terminal) || !(await askYesNo(terminal, question))) return;
  }
  // Without the UI, which would have to be built: the user is at a terminal.
  const settings = { TRUNKLINE_WEB: present(env["TRUNKLINE_WEB"]) ?? "off" };
  const { url, pid } = await awaiting(err, "Starting a server", startDetached(dataDir, terminal, settings));
  await err.write(
    err.colors.dim(`Server running at ${url}, pid ${pid}. Stop it: ${hints(context)("stop")}\n`),
  );
}
