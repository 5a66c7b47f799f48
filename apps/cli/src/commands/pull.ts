import { Command } from "commander";
import { pullFiles, type PulledFiles } from "../pull/pull-files.ts";
import { localPath } from "../server/local-path.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { connect, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { parseId } from "./option-values.ts";

interface PullOptions {
  force?: true;
  json?: true;
}

export function pullCommand(context: CommandContext): Command {
  return new Command("pull")
    .summary("take the files of a session home")
    .description(
      "Take the files of a session's workspace, without .git, into a directory. Existing files that differ are kept, and nothing is " +
        "changed, unless --force replaces them.",
    )
    .argument("[session]", "id of the session, its beginning, or last", parseId("sessions"))
    .argument("[directory]", "where to put them; created if missing (default: one named after the session)")
    .option("--force", "replace existing files that differ")
    .option("--json", "print what was done as JSON")
    .action(
      async (
        given: string | undefined,
        directory: string | undefined,
        options: PullOptions,
        command: Command,
      ) => {
        const { out, err } = context.terminal;
        const client = connect(context, command);
        const sessionId = await findSession(context, client, given);
        const { session } = await client.session.get.query({ sessionId });
        const target = localPath(directory ?? directoryFor(session.title));
        using interrupt = listenForInterrupt();
        const pulling = pullFiles(
          client,
          { sessionId, target, force: options.force === true },
          interrupt.signal,
        );
        const pulled = await awaiting(err, "Downloading", pulling);
        for (const link of pulled.skippedLinks) {
          await err.write(err.colors.yellow(`Left out, because it leads elsewhere: ${oneLine(link)}\n`));
        }
        await out.write(
          options.json === true
            ? `${JSON.stringify({ directory: target, ...pulled })}\n`
            : `${target}  ${describe(pulled)}\n`,
        );
      },
    );
}

function directoryFor(title: string): string {
  const words = title
    .normalize("NFKD")
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return words?.join("-").slice(0, 50) ?? "workspace";
}

function describe({ created, replaced, unchanged }: PulledFiles): string {
  const parts = [
    ...(created > 0 ? [`${created} new`] : []),
    ...(replaced > 0 ? [`${replaced} replaced`] : []),
    ...(unchanged > 0 ? [`${unchanged} unchanged`] : []),
  ];
  return parts.length === 0 ? "no files" : parts.join(", ");
}
