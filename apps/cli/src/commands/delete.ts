import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { askYesNo, canAsk } from "../terminal/ask.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { connect, type CommandContext } from "./context.ts";
import { parseId } from "./option-values.ts";

interface DeleteOptions {
  yes?: true;
  json?: true;
}

export function deleteCommand(context: CommandContext): Command {
  return new Command("delete")
    .summary("delete a session with its files")
    .description(
      "Delete a session for good: its events, its tasks, which are canceled, and the files of its workspace. It asks " +
        "first. `trunkline export` keeps a copy of all but the files, `trunkline archive` puts it out of sight.",
    )
    .argument("<session>", "id of the session", parseId("sessions"))
    .option("-y, --yes", "do not ask")
    .option("--json", "print the session that was deleted as JSON")
    .action(async (sessionId: string, options: DeleteOptions, command: Command) => {
      const { terminal } = context;
      const client = connect(context, command);
      const { session } = await client.session.get.query({ sessionId });
      const title = oneLine(session.title);
      if (options.yes !== true) {
        if (!canAsk(terminal)) {
          throw new CommandError(EXIT.usage, "Nobody is here to be asked: --yes deletes it without asking.");
        }
        const question = `Delete "${title}" and all its files for good?`;
        const wanted = await askYesNo(terminal, question, { otherwise: false });
        if (!wanted) return await terminal.err.write("It stays.\n");
      }
      const deleting = client.session.delete.mutate({ sessionId });
      await awaiting(terminal.err, "waiting for its tools to end", deleting);
      return await terminal.out.write(options.json ? `${JSON.stringify(session)}\n` : `Deleted: ${title}\n`);
    });
}
