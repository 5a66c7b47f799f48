import { setTimeout as delay } from "node:timers/promises";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { findDataDir, type ServerRecord } from "../server/data-dir.ts";
import { isRunning } from "../server/local-process.ts";
import { findLocalServer } from "../server/local-server.ts";
import type { TargetOptions } from "../server/target.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { CommandContext } from "./context.ts";

interface StopOptions extends TargetOptions {
  json?: true;
}

/** A server takes up to 15 s to shut down. */
const STOP_LIMIT_MS = 20_000;
const LOOK_EVERY_MS = 50;

export function stopCommand(context: CommandContext): Command {
  return new Command("stop")
    .summary("stop this machine's server")
    .description(
      "Stop the server running on the data directory, however it was started. Running tasks are " +
        "interrupted and resume at the next start. Gives up after 20 s.",
    )
    .option("--json", "print the server that was stopped, or null, as JSON")
    .action(async (options: StopOptions, command: Command) => {
      const { out, err, env } = context.terminal;
      const dataDir = findDataDir(command.optsWithGlobals<StopOptions>().dataDir, env);
      const server = findLocalServer(dataDir);
      if (server.state === "doubtful") throw doubtful(server.record, server.why);
      const record = server.state === "running" ? server.record : null;
      if (record !== null) await awaiting(err, "Stopping the server", stop(record));
      if (options.json) return await out.write(`${JSON.stringify(record)}\n`);
      return await out.write(
        record === null
          ? `No server is running for ${oneLine(dataDir)}.\n`
          : `Stopped ${record.url}, pid ${record.pid}.\n`,
      );
    });
}

/** After a crash the record remains, and the pid may belong to another program. */
function doubtful({ pid }: ServerRecord, why: string): CommandError {
  return new CommandError(EXIT.failed, `Not stopped: ${why}. If it is the server, stop it with: kill ${pid}`);
}

/** @throws CommandError if it does not end */
async function stop({ pid }: ServerRecord): Promise<void> {
  try {
    process.kill(pid, "SIGTERM");
  } catch (error) {
    throw new CommandError(EXIT.failed, `Not stopped: process ${pid} belongs to another user.`, {
      cause: error,
    });
  }
  const deadline = Date.now() + STOP_LIMIT_MS;
  // It removes its record slightly before it unlocks the directory.
  while (isRunning(pid)) {
    if (Date.now() > deadline) {
      throw new CommandError(
        EXIT.failed,
        "The server is still stopping after 20 s. With TRUNKLINE_DRAIN_SECONDS it lets running tasks finish: wait, or " +
          `force it: kill -9 ${pid}`,
      );
    }
    await delay(LOOK_EVERY_MS);
  }
}
