import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { findDataDir } from "../server/data-dir.ts";
import type { TargetOptions } from "../server/target.ts";
import { openStatusLine } from "../terminal/status-line.ts";
import type { CommandContext } from "./context.ts";

export function backupCommand(context: CommandContext): Command {
  return new Command("backup")
    .summary("back up the database")
    .description(
      "Copy the database of this machine's data directory into a file, while a server runs on it or not. Files of\n" +
        "workspaces are not part of it.",
    )
    .argument("<file>", "where to; it must not exist")
    .action(async (file: string, _options: object, command: Command) => {
      const { out, err } = context.terminal;
      // Loaded here, so that no other command pays for the database's library.
      const { backupDatabase } = await import("@trunkline/server/backup");
      using status = openStatusLine(err);
      const summary = await explained(async () =>
        backupDatabase(dataDirOf(context, command), file, ({ copiedBytes, totalBytes }) =>
          status.show({ label: "copying", detail: `${megabytes(copiedBytes)} of ${megabytes(totalBytes)}` }),
        ),
      );
      status.show(null);
      await out.write(`${summary.file}  ${megabytes(summary.bytes)}\n`);
    });
}

export function restoreCommand(context: CommandContext): Command {
  return new Command("restore")
    .summary("put a backup in place")
    .description(
      "Put a backup in the place of the data directory's database, which is kept beside it. No server may run on it.",
    )
    .argument("<file>", "what `trunkline backup` wrote")
    .action(async (file: string, _options: object, command: Command) => {
      const { restoreDatabase } = await import("@trunkline/server/backup");
      const { replaced } = await explained(async () => restoreDatabase(dataDirOf(context, command), file));
      await context.terminal.out.write(
        replaced === null ? "Restored\n" : `Restored; the database before is ${replaced}\n`,
      );
    });
}

function dataDirOf({ terminal }: CommandContext, command: Command): string {
  return findDataDir(command.optsWithGlobals<TargetOptions>().dataDir, terminal.env);
}

/** What the server's own errors say is meant for people; anything else is a bug and stays one. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const names = ["BackupError", "DataDirError", "DataDirLockedError"];
    if (!(error instanceof Error) || !names.includes(error.name)) throw error;
    throw new CommandError(EXIT.failed, error.message, { cause: error });
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
