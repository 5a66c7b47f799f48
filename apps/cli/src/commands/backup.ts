import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { secretVariable } from "../server/secret-variable.ts";
import { fileProblem } from "../file-problem.ts";
import { findDataDir, present } from "../server/data-dir.ts";
import { localPath } from "../server/local-path.ts";
import { makeDataDir } from "../server/make-data-dir.ts";
import type { TargetOptions } from "../server/target.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { formatSize } from "../terminal/size.ts";
import { openStatusLine, type StatusLine } from "../terminal/status-line.ts";
import { hints, type CommandContext } from "./context.ts";
import { explained } from "./explained.ts";
import { firstOf, leftOutLine } from "./left-out.ts";

interface JsonOption {
  json?: true;
}

interface BackupOptions extends JsonOption {
  all?: true;
  keys?: boolean;
}

export function backupCommand(context: CommandContext): Command {
  return new Command("backup")
    .summary("back up the database, or everything")
    .description(
      "Copy the database to a file or, with --all, the database and all files (workspaces, checkpoints, attachments, " +
        "repositories) to a directory. The server may be running.",
    )
    .argument("<path>", "file or directory to write, which must not exist")
    .option("--all", "everything, into a directory")
    .option("--no-keys", "with --all: leave out the key of stored credentials, which then must be set again")
    .addHelpText("after", KEYS_ELSEWHERE)
    .option("--json", "print what was written, with its size in bytes, as JSON")
    .action(async (path: string, { all, keys, json }: BackupOptions, command: Command) => {
      if (all) return await backUpEverything(context, command, path, { withKeys: keys !== false, json });
      const { out, err } = context.terminal;
      refuseForPostgres(context, BACKUP_OF_POSTGRES);
      // Loaded lazily, so that other commands don't wait for the database library.
      const { backupDatabase } = await import("@trunkline/server/backup");
      using status = openStatusLine(err);
      const summary = await explained(async () =>
        backupDatabase(placeOf(context, command).dataDir, backupPath(path), showCopy(status)),
      );
      status.show(null);
      return await out.write(
        json ? `${JSON.stringify(summary)}\n` : `${summary.file}  ${formatSize(summary.bytes)}\n`,
      );
    });
}

const KEYS_ELSEWHERE = `
Keys in files that variables name (TRUNKLINE_CREDENTIALS_KEY_FILE, OPENAI_API_KEY_FILE and the like), in the environment and in
the service's file are in no backup: keep copies of them.`;

async function backUpEverything(
  context: CommandContext,
  command: Command,
  path: string,
  { withKeys, json }: { withKeys: boolean; json: true | undefined },
): Promise<void> {
  const { out, err } = context.terminal;
  const { backupEverything } = await import("@trunkline/server/backup");
  using status = openStatusLine(err);
  const place = placeOf(context, command);
  const summary = await explained(async () =>
    backupEverything(backupPath(path, "Name one in it that does not exist yet"), {
      ...place,
      withKeys,
      onProgress: showCopy(status),
    }),
  );
  status.show(null);
  if (json) return await out.write(`${JSON.stringify(summary)}\n`);
  await out.write(`${summary.directory}  ${formatSize(summary.bytes)}, ${summary.files} files\n`);
  await err.write(leftOutLine(summary.leftOut));
  const keyFile = present(context.terminal.env["TRUNKLINE_CREDENTIALS_KEY_FILE"]);
  if (keyFile !== undefined) {
    return await err.write(
      `Not in the backup: the key of stored credentials, ${oneLine(localPath(keyFile))} (TRUNKLINE_CREDENTIALS_KEY_FILE). Keep a copy of it.\n`,
    );
  }
  if (!withKeys) return;
  await err.write(
    err.colors.dim(
      "It holds the key of stored credentials: keep it as safe as the server itself, or use --no-keys.\n",
    ),
  );
}

interface RestoreOptions extends JsonOption {
  revokeTokens?: true;
  resumeTasks?: true;
}

export function restoreCommand(context: CommandContext): Command {
  return new Command("restore")
    .summary("restore a backup")
    .description(
      "Replace the database of the data directory with a backup and, if it is one of everything, all files. What was there is " +
        "kept beside it. Stop the server first.",
    )
    .argument("<path>", "the backup")
    .option(
      "--revoke-tokens",
      "revoke every token, invitation and link in the backup; everybody must be invited again",
    )
    .option(
      "--resume-tasks",
      "continue tasks that were unfinished when the backup was made (default: cancel them)",
    )
    .option("--json", "print what was replaced as JSON")
    .action(async (path: string, { json, revokeTokens, resumeTasks }: RestoreOptions, command: Command) => {
      const { out, err } = context.terminal;
      const isEverything = statSync(localPath(path), { throwIfNoEntry: false })?.isDirectory() === true;
      if (!isEverything) refuseForPostgres(context, RESTORE_OF_POSTGRES);
      const { restoreDatabase, restoreEverything } = await import("@trunkline/server/backup");
      const place = placeOf(context, command);
      const source = isEverything ? localPath(path) : existingFile(path);
      makeDataDir(place.dataDir);
      using status = openStatusLine(err);
      const options = {
        revokeTokens: revokeTokens === true,
        resumeTasks: resumeTasks === true,
        onProgress: showCopy(status),
      };
      const summary = await explained(async () =>
        isEverything
          ? restoreEverything(source, { ...place, ...options })
          : restoreDatabase(place.dataDir, source, options),
      );
      status.show(null);
      if (json) return await out.write(`${JSON.stringify(summary)}\n`);
      const { replaced, tokens } = summary;
      await out.write(
        typeof replaced === "string"
          ? `Restored. The old database: ${replaced}\n`
          : ["Restored\n", ...(replaced ?? []).map((old) => `  kept: ${old}\n`)].join(""),
      );
      if ("leftOut" in summary && summary.leftOut !== null) await err.write(leftOutLine(summary.leftOut));
      if ("broken" in summary && summary.broken.length > 0) {
        await err.write(`Not connected with their projects: ${firstOf(summary.broken)}\n`);
      }
      if (tokens === 0) return;
      await err.write(
        err.colors.dim(
          `${tokens === 1 ? "1 token in the backup works" : `${tokens} tokens in the backup work`} again, except those revoked in this data directory since. ` +
            `To revoke them all: ${hints(context)("restore", "--revoke-tokens", path)}\n`,
        ),
      );
    });
}

const BACKUP_OF_POSTGRES =
  "Back it up with --all, or the database alone with: " +
  'pg_dump --format=custom --schema=trunkline --file=FILE "$TRUNKLINE_DATABASE_URL"';
const RESTORE_OF_POSTGRES =
  'Restore a backup that was made with --all, or stop all nodes, then: pg_restore --clean --if-exists --dbname="$TRUNKLINE_DATABASE_URL" FILE ' +
  "(where a later version has used the database, first drop schema trunkline cascade), and create an empty file named 'restored' in the directory of TRUNKLINE_SHARED_DIR so that no task runs again unasked.";

/** The data directory has no database then, or one that no longer counts. @throws CommandError */
function refuseForPostgres({ terminal }: CommandContext, instead: string): void {
  if (secretVariable("TRUNKLINE_DATABASE_URL", terminal.env) === undefined) return;
  throw new CommandError(EXIT.failed, `The data is in PostgreSQL (TRUNKLINE_DATABASE_URL). ${instead}`);
}

/** @throws CommandError if no file can be created there */
function backupPath(file: string, instead = "Name a file in it"): string {
  if (file === "-") {
    throw new CommandError(
      EXIT.usage,
      "A backup can't be written to the standard output. Name a file; ./- if it is called that.",
    );
  }
  const path = localPath(file);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CommandError(EXIT.usage, `${path} is a directory. ${instead}.`);
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

/** Where the server keeps what it keeps. */
function placeOf({ terminal: { env } }: CommandContext, command: Command) {
  const dataDir = findDataDir(command.optsWithGlobals<TargetOptions>().dataDir, env);
  const sharedDir = present(env["TRUNKLINE_SHARED_DIR"]);
  return {
    dataDir,
    sharedDir: sharedDir === undefined ? dataDir : localPath(sharedDir),
    databaseUrl: secretVariable("TRUNKLINE_DATABASE_URL", env),
  };
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
