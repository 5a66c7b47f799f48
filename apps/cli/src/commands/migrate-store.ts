import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { localPath } from "../server/local-path.ts";
import { secretVariable } from "../server/secret-variable.ts";
import { openStatusLine } from "../terminal/status-line.ts";
import type { CommandContext } from "./context.ts";

interface MigrateStoreOptions {
  from?: string;
  to?: string;
  json?: true;
}

const LABELS = { copying: "Copying", comparing: "Comparing", verifying: "Verifying" } as const;

export function migrateStoreCommand(context: CommandContext): Command {
  return new Command("migrate-store")
    .summary("move the store to another engine")
    .description(
      "Copy everything in a store from SQLite to PostgreSQL, or back, then compare all rows and check them against the " +
        "logs. Stop every server on both first. The source stays as it is. If it is interrupted, run it again: it " +
        "continues where it was. Workspaces and attachments are files and stay in the data directory. PostgreSQL is best named " +
        "by TRUNKLINE_DATABASE_URL, and its option left out: other users of the machine can see a command's arguments.",
    )
    .option(
      "--from <store>",
      "data directory, or postgres://user:password@host:port/database (default: TRUNKLINE_DATABASE_URL)",
    )
    .option("--to <store>", "the other one, which must be empty (default: TRUNKLINE_DATABASE_URL)")
    .option("--json", "print the summary as JSON")
    .action(async (options: MigrateStoreOptions) => {
      const { out, err, env } = context.terminal;
      const { from, to } = storesOf(options, secretVariable("TRUNKLINE_DATABASE_URL", env));
      // Loaded here, so that no other command has to wait for the databases' libraries.
      const { migrateStore } = await import("@trunkline/server/migrate-store");
      using status = openStatusLine(err);
      const summary = await explained(async () =>
        migrateStore({
          from,
          to,
          onProgress: ({ phase, done, of }) =>
            status.show({
              label: LABELS[phase],
              detail: `${done} of ${of} ${phase === "verifying" ? "sessions" : "rows"}`,
            }),
        }),
      );
      status.show(null);
      if (options.json) return await out.write(`${JSON.stringify(summary)}\n`);
      const { sessions, events, rows, verified, isResumed } = summary;
      await out.write(
        `Migrated ${sessions} sessions, ${events} events, ${rows} rows${isResumed ? " (continued)" : ""}: all rows are equal\n`,
      );
      await err.write(
        err.colors.dim(
          verified.differing === 0
            ? "Every row is what its log says.\n"
            : `${verified.differing} values differ from what the logs say, in the source too: see trunkline doctor --verify\n`,
        ),
      );
    });
}

/** @throws CommandError where one of them is named neither by its option nor by the variable */
function storesOf({ from, to }: MigrateStoreOptions, databaseUrl: string | undefined) {
  const source = from ?? databaseUrl;
  const target = to ?? databaseUrl;
  if (source === undefined || target === undefined || (from === undefined && to === undefined)) {
    throw new CommandError(
      EXIT.usage,
      "Name the data directory with --from or --to, and PostgreSQL with TRUNKLINE_DATABASE_URL or the other option.",
    );
  }
  return { from: storePath(source), to: storePath(target) };
}

function storePath(store: string): string {
  return /^postgres(ql)?:\/\//.test(store) ? store : localPath(store);
}

/** These errors of the server are meant for people; anything else is a bug. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const names = ["TransferError", "DataDirError", "DataDirLockedError", "StoreOpenError"];
    if (!(error instanceof Error) || !names.includes(error.name)) throw error;
    throw new CommandError(EXIT.failed, error.message, { cause: error });
  }
}
