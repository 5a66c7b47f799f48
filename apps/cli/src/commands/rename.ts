import { Command } from "commander";
import { oneLine } from "../terminal/plain-text.ts";
import { connect, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { parseId, parseTitle } from "./option-values.ts";

export function renameCommand(context: CommandContext): Command {
  return new Command("rename")
    .summary("rename a session")
    .description("Change the title of a session.")
    .argument("<session>", "id of the session, its beginning, or last", parseId("sessions"))
    .argument("<title...>", "the new title", (word: string, before?: string) =>
      parseTitle(before === undefined ? word : `${before} ${word}`),
    )
    .option("--json", "print the session as JSON")
    .action(async (given: string, title: string, options: { json?: true }, command: Command) => {
      const client = connect(context, command);
      const sessionId = await findSession(context, client, given);
      const session = await client.session.update.mutate({ sessionId, title });
      await context.terminal.out.write(
        options.json ? `${JSON.stringify(session)}\n` : `Renamed: ${oneLine(session.title)}\n`,
      );
    });
}
