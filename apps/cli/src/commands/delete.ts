import { isApiError } from "@trunkline/client";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { askYesNo, canAsk } from "../terminal/ask.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { oneLine, plainText } from "../terminal/plain-text.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { parseId } from "./option-values.ts";

interface DeleteOptions {
  yes?: true;
  discardWork?: true;
  json?: true;
}

export function deleteCommand(context: CommandContext): Command {
  return new Command("delete")
    .summary("delete a session with its files")
    .description(
      "Delete a session with its tasks, which are canceled, its events, and the files of its workspace. Asks first. " +
        "`trunkline export` keeps a copy of all but the files; `trunkline archive` only hides it.",
    )
    .argument("[session]", "id of the session, its beginning, or last", parseId("sessions"))
    .option("-y, --yes", "don't ask")
    .option("--discard-work", "delete it although it has work that is published nowhere, without asking")
    .option("--json", "print the deleted session as JSON")
    .action(async (given: string | undefined, options: DeleteOptions, command: Command) => {
      const { terminal } = context;
      const client = connect(context, command);
      const sessionId = await findSession(context, client, given);
      const { session } = await client.session.get.query({ sessionId });
      const title = oneLine(session.title);
      if (options.yes !== true) {
        if (!canAsk(terminal)) {
          throw new CommandError(EXIT.usage, "No terminal to ask at. To delete without asking, add --yes.");
        }
        const question = `Delete "${title}" and all its files? This can't be undone.`;
        const wanted = await askYesNo(terminal, question, { otherwise: false });
        if (!wanted) return await terminal.err.write("Not deleted.\n");
      }
      const remove = async (discardWork: boolean) =>
        awaiting(
          terminal.err,
          "Waiting for its tools to end",
          client.session.delete.mutate({ sessionId, discardWork }),
        );
      try {
        await remove(options.discardWork === true);
      } catch (error) {
        if (!isApiError(error, "unpublished_work")) throw error;
        // The rest says what a call of the API would do.
        const what = error.message.replace(/\. Publish or pull it first[^]*$/, "");
        const ways = `Take it: ${hints(context)("pull", sessionId)}, or ${hints(context)("publish", sessionId)}.`;
        if (options.yes === true || !canAsk(terminal)) {
          throw new CommandError(EXIT.failed, `Not deleted. ${what}. ${ways} To lose it: --discard-work.`, {
            cause: error,
          });
        }
        await terminal.err.write(`${plainText(what)}.\n${ways}\n`);
        const insists = await askYesNo(terminal, "Delete it all the same? That work is lost then.", {
          otherwise: false,
        });
        if (!insists) return await terminal.err.write("Not deleted.\n");
        await remove(true);
      }
      return await terminal.out.write(options.json ? `${JSON.stringify(session)}\n` : `Deleted: ${title}\n`);
    });
}
