import { Command } from "commander";
import { oneLine } from "../terminal/plain-text.ts";
import { connect, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { parseId } from "./option-values.ts";

interface ArchiveOptions {
  undo?: true;
  json?: true;
}

export function archiveCommand(context: CommandContext): Command {
  return new Command("archive")
    .summary("hide a session from lists")
    .description(
      "Hide a session from lists. Nothing else changes. `trunkline sessions --archived` lists archived sessions.",
    )
    .argument("[session]", "id of the session, its beginning, or last", parseId("sessions"))
    .option("--undo", "bring it back")
    .option("--json", "print the session as JSON")
    .action(async (given: string | undefined, options: ArchiveOptions, command: Command) => {
      const archived = options.undo !== true;
      const client = connect(context, command);
      const sessionId = await findSession(context, client, given);
      const session = await client.session.update.mutate({ sessionId, archived });
      const done = `${archived ? "Archived" : "Unarchived"}: ${oneLine(session.title)}`;
      await context.terminal.out.write(options.json ? `${JSON.stringify(session)}\n` : `${done}\n`);
    });
}
