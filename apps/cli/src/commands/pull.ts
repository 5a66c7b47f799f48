import { Command, Option } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { findRepository } from "../project/local-repository.ts";
import { applyChanges, pullBranch } from "../pull/pull-changes.ts";
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
  branch?: string | true;
  apply?: true;
  ignored: boolean;
  json?: true;
}

export function pullCommand(context: CommandContext): Command {
  return new Command("pull")
    .summary("take the files of a session home")
    .description(
      "Take the files of a session's workspace, without .git, into a directory. Existing files that differ are kept, and nothing is " +
        "changed, unless --force replaces them. In a git repository, --branch makes the session's commits a branch of it instead, and " +
        "--apply its changes changes of the files there.",
    )
    .argument("[session]", "id of the session, its beginning, or last", parseId("sessions"))
    .argument("[directory]", "where to put them; created if missing (default: one named after the session)")
    .option("--force", "replace existing files that differ")
    .addOption(
      new Option(
        "--branch [name]",
        "make a branch of this repository instead (default: named as in the session)",
      ).conflicts(["force", "apply"]),
    )
    .addOption(
      new Option("--apply", "apply the changes to the files of this repository instead").conflicts("force"),
    )
    .addOption(
      new Option("--no-ignored", "leave out what .gitignore files ignore and nobody tracks").conflicts([
        "branch",
        "apply",
      ]),
    )
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
        using interrupt = listenForInterrupt();
        if (options.branch !== undefined || options.apply === true) {
          const { path: repository } = await requireRepository(directory);
          const request = { sessionId, repository, signal: interrupt.signal };
          if (options.apply === true) {
            await awaiting(err, "Applying", applyChanges(client, request));
            await out.write(
              options.json === true ? `${JSON.stringify({ repository })}\n` : `Applied to ${repository}\n`,
            );
            return;
          }
          const branch = typeof options.branch === "string" ? options.branch : session.branch;
          if (branch === null)
            throw new CommandError(EXIT.usage, "The session has no branch. Name one: --branch NAME");
          const { commit } = await awaiting(err, "Pulling", pullBranch(client, request, branch));
          await out.write(
            options.json === true
              ? `${JSON.stringify({ repository, branch, commit })}\n`
              : `Created ${oneLine(branch)} (${commit.slice(0, 12)}) in ${repository}\n`,
          );
          return;
        }
        const target = localPath(directory ?? directoryFor(session.title));
        const pulling = pullFiles(
          client,
          { sessionId, target, force: options.force === true, ignored: options.ignored },
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

/** @throws CommandError */
async function requireRepository(directory = ".") {
  const repository = await findRepository(localPath(directory));
  if (repository !== null) return repository;
  throw new CommandError(
    EXIT.usage,
    `${localPath(directory)} is in no git repository: go to the one that is meant.`,
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
