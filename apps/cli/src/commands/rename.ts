import { Command } from "commander";
import { oneLine } from "../terminal/plain-text.ts";
import { connect, type CommandContext } from "./context.ts";
import { parseId, parseTitle } from "./option-values.ts";

export function renameCommand(context: CommandContext): Command {
  return new Command("rename")
    .summary("give a session another title")
    .description("Give a session another title.")
    .argument("<session>", "id of the session", parseId("sessions"))
    .argument("<title...>", "what it is called from now on", (word: string, before?: string) =>
      parseTitle(before === undefined ? word : `${before} ${word}`),
    )
    .option("--json", "print the session as JSON")
    .action(async (sessionId: string, title: string, options: { json?: true }, command: Command) => {
      const session = await connect(context, command).session.update.mutate({ sessionId, title });
      await context.terminal.out.write(
        options.json ? `${JSON.stringify(session)}\n` : `Now: ${oneLine(session.title)}\n`,
      );
    });
}
