import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { findDataDir } from "../server/data-dir.ts";
import type { TargetOptions } from "../server/target.ts";
import { formatSize } from "../terminal/size.ts";
import { openStatusLine, type StatusLine } from "../terminal/status-line.ts";
import type { CommandContext } from "./context.ts";

interface JsonOption {
  json?: true;
}

export function backupCommand(context: CommandContext): Command {
  return new Command("backup")
    .summary("back up the database")
    .description(
      "Copy the database of this machine's data directory into a file, while a server runs on it or not. Files of " +
        "workspaces are not part of it.",
    )
    .argument("<file>", "where to; it must not exist")
    .option("--json", "print where it is, and its size in bytes, as JSON")
    .action(async (file: string, { json }: JsonOption, command: Command) => {
      const { out, err } = context.terminal;
      // Loaded here, so that no other command pays for the database's library.
      const { backupDatabase } = await import("@trunkline/server/backup");
      using status = openStatusLine(err);
      const summary = await explained(async () =>
        backupDatabase(dataDirOf(context, command), file, showCopy(status)),
      );
      status.show(null);
      await out.write(
        json ? `${JSON.stringify(summary)}\n` : `${summary.file}  ${formatSize(summary.bytes)}\n`,
      );
    });
}

interface RestoreOptions extends JsonOption {
  revokeTokens?: true;
  resumeTasks?: true;
}

export function restoreCommand(context: CommandContext): Command {
  return new Command("restore")
    .summary("put a backup in place")
    .description(
      "Put a backup in the place of the data directory's database, which is kept beside it. No server may run on it.",
    )
    .argument("<file>", "what `trunkline backup` wrote")
    .option("--revoke-tokens", "revoke every token of the backup: everybody has to be let in again")
    .option(
      "--resume-tasks",
      "continue tasks that were unfinished when the backup was made; default: cancel them",
    )
    .option("--json", "print where the database before is as JSON")
    .action(async (file: string, { json, revokeTokens, resumeTasks }: RestoreOptions, command: Command) => {
      const { out, err } = context.terminal;
      const { restoreDatabase } = await import("@trunkline/server/backup");
      using status = openStatusLine(err);
      const summary = await explained(async () =>
        restoreDatabase(dataDirOf(context, command), file, {
          revokeTokens: revokeTokens === true,
          resumeTasks: resumeTasks === true,
          onProgress: showCopy(status),
        }),
      );
      status.show(null);
      if (json) return await out.write(`${JSON.stringify(summary)}\n`);
      const { replaced } = summary;
      await out.write(replaced === null ? "Restored\n" : `Restored; the database before is ${replaced}\n`);
      if (summary.tokens === 0) return;
      await err.write(
        err.colors.dim(
          `${summary.tokens} tokens of the backup work again, except those revoked since in this data directory. ` +
            "To revoke them all: trunkline restore --revoke-tokens\n",
        ),
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

/** After the last page the copy is checked, which takes as long again. */
function showCopy(status: StatusLine): (progress: { copiedBytes: number; totalBytes: number }) => void {
  return ({ copiedBytes, totalBytes }) =>
    status.show(
      copiedBytes < totalBytes
        ? { label: "copying", detail: `${formatSize(copiedBytes)} of ${formatSize(totalBytes)}` }
        : { label: "checking the copy", detail: formatSize(totalBytes) },
    );
}
