import { setTimeout as delay } from "node:timers/promises";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { findDataDir, isRunning, readServerRecord } from "../server/data-dir.ts";
import { isHealthy } from "../server/start-detached.ts";
import type { TargetOptions } from "../server/target.ts";
import { awaiting } from "../terminal/awaiting.ts";
import type { CommandContext } from "./context.ts";

interface StopOptions extends TargetOptions {
  json?: true;
}

/** A server gives itself 15 s to end in order. */
const STOP_LIMIT_MS = 20_000;
const LOOK_EVERY_MS = 50;

export function stopCommand(context: CommandContext): Command {
  return new Command("stop")
    .summary("stop this machine's server")
    .description(
      "Stop the server that runs on this machine's data directory, however it was started. Tasks that work are " +
        "interrupted, and go on when it is started again.",
    )
    .option("--json", "print the server that was stopped, or null, as JSON")
    .action(async (options: StopOptions, command: Command) => {
      const { out, err, env } = context.terminal;
      const dataDir = findDataDir(command.optsWithGlobals<StopOptions>().dataDir, env);
      const record = readServerRecord(dataDir);
      if (record !== null) await awaiting(err, "waiting for it to end", stop(record));
      if (options.json) return await out.write(`${JSON.stringify(record)}\n`);
      return await out.write(
        record === null ? `No server runs on ${dataDir}\n` : `Stopped ${record.url}, pid ${record.pid}\n`,
      );
    });
}

/** @throws CommandError where it is not sure that this process is a server, or it does not end */
async function stop({ url, pid }: { url: string; pid: number }): Promise<void> {
  // After a crash the file is left behind, and the pid may be somebody else's by now.
  if (!(await isHealthy(url))) {
    throw new CommandError(
      EXIT.failed,
      `Nobody answers at ${url}, so pid ${pid} may be another program; if it is the server: kill ${pid}`,
    );
  }
  process.kill(pid, "SIGTERM");
  const deadline = Date.now() + STOP_LIMIT_MS;
  // It takes its record away a little before it lets go of the directory.
  while (isRunning(pid)) {
    if (Date.now() > deadline) throw new CommandError(EXIT.failed, `It does not end: kill -9 ${pid}`);
    await delay(LOOK_EVERY_MS);
  }
}
