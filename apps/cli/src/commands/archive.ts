import { Command, Option } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { connect, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { parseId } from "./option-values.ts";

interface ArchiveOptions {
  undo?: true;
  work?: true;
  discardWork?: true;
  json?: true;
}

export function archiveCommand(context: CommandContext): Command {
  return new Command("archive")
    .summary("hide a session from lists")
    .description(
      "Hide a session from lists. `trunkline sessions --archived` lists archived sessions. With --work, its workspace is removed, " +
        "too: its work is kept as a branch and as a patch (`trunkline publish --patch`), without ignored files, and changes still " +
        "answer. --undo brings both back.",
    )
    .argument("[session]", "id of the session, its beginning, or last", parseId("sessions"))
    .option("--work", "remove the workspace as well, and keep its work as a branch and a patch")
    .addOption(
      new Option("--discard-work", "with --work: lose commits that are not on the session's branch").implies({
        work: true,
      }),
    )
    .addOption(new Option("--undo", "bring it back").conflicts(["work", "discardWork"]))
    .option("--json", "print the session as JSON")
    .action(async (given: string | undefined, options: ArchiveOptions, command: Command) => {
      const archived = options.undo !== true;
      const client = connect(context, command);
      const sessionId = await findSession(context, client, given);
      const { discardWork } = options;
      const archive = async () => client.session.archiveWork.mutate({ sessionId, discardWork });
      const { out, err } = context.terminal;
      const work = options.work === true ? await awaiting(err, "Archiving its work", archive()) : null;
      if (!archived) {
        const restored = client.session.restoreWork.mutate({ sessionId });
        await awaiting(err, "Restoring its workspace", restored);
      }
      const session = await client.session.update.mutate({ sessionId, archived });
      const kept = work === null ? "" : `; work kept on ${work.branch} (${work.commit.slice(0, 12)})`;
      const done = `${archived ? "Archived" : "Unarchived"}: ${oneLine(session.title)}${oneLine(kept)}`;
      await out.write(
        options.json ? `${JSON.stringify(work === null ? session : { ...session, work })}\n` : `${done}\n`,
      );
    });
}
