import { CommanderError } from "commander";
import { toCommandError, type CommandError } from "./command-error.ts";
import { hints, type CommandContext } from "./commands/context.ts";
import { assertWritten } from "./terminal/output.ts";
import { plainText } from "./terminal/plain-text.ts";
import { EXIT } from "./exit-code.ts";
import { buildProgram } from "./program.ts";
import { ServerClock } from "./server/server-clock.ts";
import { DEFAULT_URL } from "./server/target.ts";
import type { Terminal } from "./terminal/terminal.ts";

/**
 * Runs one command line.
 *
 * @returns the exit code
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const clock = new ServerClock();
  const context: CommandContext = { terminal, clock, options: {}, target: null, exitCode: EXIT.completed };
  try {
    await buildProgram(context)
      .parseAsync(args, { from: "user" })
      .catch((error: unknown) => {
        // What was asked for, such as --help, was printed.
        if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
      });
    await assertWritten(terminal.out);
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return EXIT.usage;
    const { exitCode, message } = explain(error, context);
    await terminal.err.write(`${terminal.err.colors.red("error:")} ${plainText(message)}\n`);
    return exitCode;
  }
}

function explain(error: unknown, context: CommandContext): CommandError {
  const { target } = context;
  return toCommandError(
    error,
    target ?? { url: DEFAULT_URL, tokenSource: null, tokenKept: null },
    hints(context),
  );
}
