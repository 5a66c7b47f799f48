import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { localPath } from "../server/local-path.ts";
import { openStatusLine } from "../terminal/status-line.ts";
import type { CommandContext } from "./context.ts";

interface MigrateStoreOptions {
  from: string;
  to: string;
  json?: true;
}

const LABELS = { copying: "Copying", comparing: "Comparing", verifying: "Verifying" } as const;

export function migrateStoreCommand(context: CommandContext): Command {
  return new Command("migrate-store")
    .summary("move the store to another engine")
    .description(
      "Copy everything in a store from SQLite to PostgreSQL, or back, then compare all rows and check them against the " +
        "logs. Stop every server on both first. The source stays as it is. If it is interrupted, run it again: it " +
        "continues where it was. Workspaces and attachments are files and stay in the data directory.",
    )
    .requiredOption("--from <store>", "data directory, or postgres://user:password@host:port/database")
    .requiredOption("--to <store>", "the other one; it must be empty")
    .option("--json", "print the summary as JSON")
    .action(async ({ from, to, json }: MigrateStoreOptions) => {
      const { out, err } = context.terminal;
      // Loaded here, so that no other command has to wait for the databases' libraries.
      const { migrateStore } = await import("@trunkline/server/migrate-store");
      using status = openStatusLine(err);
      const summary = await explained(async () =>
        migrateStore({
          from: storePath(from),
          to: storePath(to),
          onProgress: ({ phase, done, of }) =>
            status.show({
              label: LABELS[phase],
              detail: `${done} of ${of} ${phase === "verifying" ? "sessions" : "rows"}`,
            }),
        }),
      );
      status.show(null);
      if (json) return await out.write(`${JSON.stringify(summary)}\n`);
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
