import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { fileProblem } from "../file-problem.ts";
import { findDataDir, present } from "../server/data-dir.ts";
import { localPath } from "../server/local-path.ts";
import { makeDataDir } from "../server/make-data-dir.ts";
import type { TargetOptions } from "../server/target.ts";
import { formatSize } from "../terminal/size.ts";
import { openStatusLine, type StatusLine } from "../terminal/status-line.ts";
import { hints, type CommandContext } from "./context.ts";

interface JsonOption {
  json?: true;
}

export function backupCommand(context: CommandContext): Command {
  return new Command("backup")
    .summary("back up the database")
    .description("Copy the database to a file; the server may be running. Workspace files are not included.")
    .argument("<file>", "file to write, which must not exist")
    .option("--json", "print the file and its size in bytes as JSON")
    .action(async (file: string, { json }: JsonOption, command: Command) => {
      const { out, err } = context.terminal;
      refuseForPostgres(context, BACKUP_OF_POSTGRES);
      // Loaded lazily, so that other commands don't wait for the database library.
      const { backupDatabase } = await import("@trunkline/server/backup");
      using status = openStatusLine(err);
      const summary = await explained(async () =>
        backupDatabase(dataDirOf(context, command), backupPath(file), showCopy(status)),
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
    .summary("restore a backup")
    .description(
      "Replace the database of the data directory with a backup. The old one is kept beside it. Stop the server first.",
    )
    .argument("<file>", "the backup")
    .option("--revoke-tokens", "revoke every token in the backup; everybody must be invited again")
    .option(
      "--resume-tasks",
      "continue tasks that were unfinished when the backup was made (default: cancel them)",
    )
    .option("--json", "print where the old database is as JSON")
    .action(async (file: string, { json, revokeTokens, resumeTasks }: RestoreOptions, command: Command) => {
      const { out, err } = context.terminal;
      refuseForPostgres(context, RESTORE_OF_POSTGRES);
      const { restoreDatabase } = await import("@trunkline/server/backup");
      const dataDir = dataDirOf(context, command);
      const source = existingFile(file);
      makeDataDir(dataDir);
      using status = openStatusLine(err);
      const summary = await explained(async () =>
        restoreDatabase(dataDir, source, {
          revokeTokens: revokeTokens === true,
          resumeTasks: resumeTasks === true,
          onProgress: showCopy(status),
        }),
      );
      status.show(null);
      if (json) return await out.write(`${JSON.stringify(summary)}\n`);
      const { replaced } = summary;
      await out.write(replaced === null ? "Restored\n" : `Restored. The old database: ${replaced}\n`);
      if (summary.tokens === 0) return;
      await err.write(
        err.colors.dim(
          `${summary.tokens} tokens in the backup work again, except those revoked in this data directory since. ` +
            `To revoke them all: ${hints(context)("restore", "--revoke-tokens", file)}\n`,
        ),
      );
    });
}

const BACKUP_OF_POSTGRES =
  'Back it up with: pg_dump --format=custom --schema=trunkline --file=FILE "$TRUNKLINE_DATABASE_URL", and copy the directory ' +
  "of TRUNKLINE_SHARED_DIR (workspaces, attachments, revocations).";
const RESTORE_OF_POSTGRES =
  'Stop all nodes, then: pg_restore --clean --if-exists --dbname="$TRUNKLINE_DATABASE_URL" FILE. Put the directory of ' +
  "TRUNKLINE_SHARED_DIR back, create an empty file named 'restored' in it so that no task runs again unasked, and start one node.";

/** The data directory has no database then, or one that no longer counts. @throws CommandError */
function refuseForPostgres({ terminal }: CommandContext, instead: string): void {
  if (present(terminal.env["TRUNKLINE_DATABASE_URL"]) === undefined) return;
  throw new CommandError(EXIT.failed, `The data is in PostgreSQL (TRUNKLINE_DATABASE_URL). ${instead}`);
}

/** @throws CommandError if no file can be created there */
function backupPath(file: string): string {
  if (file === "-") {
    throw new CommandError(
      EXIT.usage,
      "A backup can't be written to the standard output. Name a file; ./- if it is called that.",
    );
  }
  const path = localPath(file);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CommandError(EXIT.usage, `${path} is a directory. Name a file in it.`);
  }
  try {
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new CommandError(EXIT.usage, `Can't write to ${dirname(path)}: ${fileProblem(error)}.`, {
      cause: error,
    });
  }
  return path;
}

/** @throws CommandError if there is no such file */
function existingFile(file: string): string {
  const path = localPath(file);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile()) return path;
  throw new CommandError(
    EXIT.usage,
    `Can't restore ${path}: ${stats === undefined ? "it does not exist" : "it is not a file"}.`,
  );
}

function dataDirOf({ terminal }: CommandContext, command: Command): string {
  return findDataDir(command.optsWithGlobals<TargetOptions>().dataDir, terminal.env);
}

/** These server errors are meant for people; anything else is a bug. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const names = ["BackupError", "DataDirError", "DataDirLockedError"];
    if (!(error instanceof Error) || !names.includes(error.name)) throw error;
    throw new CommandError(EXIT.failed, error.message, { cause: error });
  }
}

/** After the last page the copy is verified, which takes as long again. */
function showCopy(status: StatusLine): (progress: { copiedBytes: number; totalBytes: number }) => void {
  return ({ copiedBytes, totalBytes }) =>
    status.show(
      copiedBytes < totalBytes
        ? { label: "Copying", detail: `${formatSize(copiedBytes)} of ${formatSize(totalBytes)}` }
        : { label: "Verifying the copy", detail: formatSize(totalBytes) },
    );
}
