import { Command } from "commander";
import { connect, type CommandContext } from "./context.ts";
import { parseId } from "./option-values.ts";

interface ArchiveOptions {
  undo?: true;
  json?: true;
}

export function archiveCommand(context: CommandContext): Command {
  return new Command("archive")
    .summary("put a session away, or back")
    .description(
      "Put a session away: lists leave it out, and everything else about it stays as it is. " +
        "`trunkline sessions --archived` lists those that are.",
    )
    .argument("<session>", "id of the session", parseId("sessions"))
    .option("--undo", "put it back into the list")
    .option("--json", "print the session as JSON")
    .action(async (sessionId: string, options: ArchiveOptions, command: Command) => {
      const archived = options.undo !== true;
      const session = await connect(context, command).session.update.mutate({ sessionId, archived });
      const done = archived ? "Archived" : "Back in the list";
      await context.terminal.out.write(options.json ? `${JSON.stringify(session)}\n` : `${done}\n`);
    });
}
