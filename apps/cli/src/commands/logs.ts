import { Command, Option } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { findDataDir } from "../server/data-dir.ts";
import type { TargetOptions } from "../server/target.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import { plainText } from "../terminal/plain-text.ts";
import { hints, type CommandContext } from "./context.ts";
import { parseId, parseWholeNumber } from "./option-values.ts";

/** As pino numbers them. */
const LEVELS = { debug: 20, info: 30, warn: 40, error: 50 } as const;

interface LogsOptions extends TargetOptions {
  follow?: true;
  lines: number;
  level?: keyof typeof LEVELS;
  session?: string;
  task?: string;
  json?: true;
}

export function logsCommand(context: CommandContext): Command {
  return new Command("logs")
    .summary("show the server's log")
    .description("Show the log of the server on this machine, whether it is running or not.")
    .option("-f, --follow", "go on with what comes")
    .option("-n, --lines <number>", "how many of the last lines", parseWholeNumber(0, 100_000), 50)
    .addOption(new Option("--level <level>", "no lines below this level").choices(Object.keys(LEVELS)))
    .option("--session <session>", "lines about a session", parseId("sessions"))
    .option("--task <task>", "lines about a task", parseId("tasks"))
    .option("--json", "print the lines as they are, in JSON")
    .action(async (_options: LogsOptions, command: Command) => {
      const options = command.optsWithGlobals<LogsOptions>();
      const { follow, lines, level, session, task, json } = options;
      const { out, env } = context.terminal;
      const dataDir = findDataDir(options.dataDir, env);
      const { prettyLine, readLog } = await import("@trunkline/server/log");
      using interrupt = listenForInterrupt();
      const filter = {
        ...(level !== undefined && { minLevel: LEVELS[level] }),
        ...(session !== undefined && { sessionId: session }),
        ...(task !== undefined && { taskId: task }),
      };
      try {
        const log = readLog(dataDir, { last: lines, filter, ...(follow && { follow: interrupt.signal }) });
        for await (const line of log) {
          const shown = json ? `${line}\n` : prettyLine(line);
          await out.write(json || out.colors.isColorSupported ? shown : plainText(shown));
        }
      } catch (error) {
        if (!(error instanceof Error) || !("code" in error) || error.code !== "ENOENT") throw error;
        throw new CommandError(
          EXIT.failed,
          `There is no log in ${dataDir} yet. Start a server: ${hints(context)("serve", "-d")}.`,
          { cause: error },
        );
      }
    });
}
