import { Command } from "commander";
import { findDataDir, present } from "../server/data-dir.ts";
import { secretVariable } from "../server/secret-variable.ts";
import { localPath } from "../server/local-path.ts";
import type { TargetOptions } from "../server/target.ts";
import { formatSize } from "../terminal/size.ts";
import { openStatusLine } from "../terminal/status-line.ts";
import type { CommandContext } from "./context.ts";
import { explained } from "./explained.ts";

const DOING = {
  files: "Looking for files of deleted sessions",
  attachments: "Looking for unused attachments",
  mirrors: "Repacking projects' repositories",
  database: "Rewriting the database",
} as const;

/** What the server's module tells; null: not looked at. */
interface Freed {
  directories: readonly { place: string; count: number; bytes: number }[];
  attachments: { count: number; bytes: number } | null;
  mirrors: { count: number; before: number; after: number; skipped: string[] } | null;
  database: { before: number; after: number; skipped: string | null } | null;
}

export function vacuumCommand(context: CommandContext): Command {
  return new Command("vacuum")
    .summary("free the space of what is gone")
    .description(
      "Rewrite the database without holes, and remove attachments that nothing refers to and directories whose session or " +
        "project is gone; make one pack of what many fetches brought of a project. Stop the server first, with several nodes all of them. Nothing that a session has is touched.",
    )
    .option("--dry-run", "only list directories that would go")
    .option("--json", "print what was freed as JSON")
    .action(async ({ dryRun, json }: { dryRun?: true; json?: true }, command: Command) => {
      const { out, err, env } = context.terminal;
      const { vacuum } = await import("@trunkline/server/vacuum");
      const dataDir = findDataDir(command.optsWithGlobals<TargetOptions>().dataDir, env);
      const shared = present(env["TRUNKLINE_SHARED_DIR"]);
      using status = openStatusLine(err);
      const summary = await explained(async () =>
        vacuum({
          dataDir,
          sharedDir: shared === undefined ? dataDir : localPath(shared),
          databaseUrl: secretVariable("TRUNKLINE_DATABASE_URL", env),
          path: env["PATH"] ?? "",
          isDryRun: dryRun === true,
          onProgress: (doing) => status.show({ label: DOING[doing], detail: "" }),
        }),
      );
      status.show(null);
      await out.write(json ? `${JSON.stringify(summary)}\n` : inWords(summary, dryRun === true));
    });
}

function inWords({ directories, attachments, mirrors, database }: Freed, isDryRun: boolean): string {
  const lines = directories.map(
    ({ place, count, bytes }) =>
      `${place.padEnd(WIDTH)}  ${count} of deleted ${place === "projects" ? "projects" : "sessions"}, ${formatSize(bytes)}`,
  );
  if (attachments !== null && attachments.count > 0) {
    lines.push(
      `${"attachments".padEnd(WIDTH)}  ${attachments.count} unused, ${formatSize(attachments.bytes)}`,
    );
  }
  if (mirrors !== null && mirrors.count > 0) {
    const { count, before, after } = mirrors;
    lines.push(
      `${"mirrors".padEnd(WIDTH)}  ${count} of projects repacked, ${formatSize(before)} → ${formatSize(after)}`,
    );
  }
  for (const why of mirrors?.skipped ?? []) lines.push(`${"mirrors".padEnd(WIDTH)}  left as it is: ${why}`);
  if (database !== null) {
    const { before, after, skipped } = database;
    lines.push(
      `${"database".padEnd(WIDTH)}  ${skipped === null ? `${formatSize(before)} → ${formatSize(after)}` : `left as it is: ${skipped}`}`,
    );
  }
  const freed =
    directories.reduce((sum, { bytes }) => sum + bytes, 0) +
    (attachments?.bytes ?? 0) +
    Math.max(0, (mirrors?.before ?? 0) - (mirrors?.after ?? 0)) +
    Math.max(0, (database?.before ?? 0) - (database?.after ?? 0));
  lines.push(
    isDryRun ? `Would free ${formatSize(freed)}, and holes of the database.` : `Freed ${formatSize(freed)}.`,
  );
  return `${lines.join("\n")}\n`;
}

const WIDTH = "workspaces/.preparing".length;
