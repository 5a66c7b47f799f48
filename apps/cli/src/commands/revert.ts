import type { TrunklineClient } from "@trunkline/client";
import type { Checkpoint } from "@trunkline/contract";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge } from "../terminal/duration.ts";
import type { Column } from "../terminal/table.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { DEFAULT_LISTED, MAX_LISTED, printListing } from "./listing.ts";
import { parseId, parseWholeNumber } from "./option-values.ts";
import { takeItems } from "./paged-items.ts";

interface RevertOptions {
  to?: number;
  list?: true;
  limit: number;
  json?: true;
}

export function revertCommand(context: CommandContext): Command {
  return new Command("revert")
    .summary("restore a session's files as they were")
    .description(
      "Restore a session's files as they were after an event: all of them, or some paths. Ignored files, commits and " +
        "branches stay as they are. A revert can be reverted.",
    )
    .argument("[session]", "id of the session, its beginning, or last", parseId("sessions"))
    .argument("[paths...]", "only these files and directories")
    .option("--to <seq>", "the event", parseWholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option("--list", "list the checkpoints instead, latest first")
    .option(
      "-n, --limit <count>",
      "how many to list at most",
      parseWholeNumber(1, MAX_LISTED),
      DEFAULT_LISTED,
    )
    .option("--json", "print the session, or one checkpoint per line, as JSON")
    .action(async (given: string | undefined, paths: string[], options: RevertOptions, command: Command) => {
      const client = connect(context, command);
      const { err, out } = context.terminal;
      const sessionId = await findSession(context, client, given);
      if (options.list) return list(context, client, sessionId, options);
      if (options.to === undefined) {
        const listing = hints(context)("revert", sessionId, "--list");
        throw new CommandError(EXIT.usage, `Name the event with --to. List the checkpoints: ${listing}`);
      }
      const input = { sessionId, toSeq: options.to, ...(paths.length > 0 && { paths }) };
      const { lastSeq } = await client.session.get.query({ sessionId });
      const session = await awaiting(err, "Restoring files", client.session.revert.mutate(input));
      if (options.json) return out.write(`${JSON.stringify(session)}\n`);
      if (session.lastSeq === lastSeq) {
        return out.write(`Nothing to restore: the files are as they were after event ${options.to}.\n`);
      }
      const { items } = await client.session.checkpoints.query({ sessionId, limit: 2 });
      await out.write(reverted(context, sessionId, options.to, items[1]));
    });
}

function reverted(
  context: CommandContext,
  sessionId: string,
  toSeq: number,
  before: Checkpoint | undefined,
): string {
  const restored = `Restored the files of event ${toSeq}.\n`;
  if (before === undefined) return restored;
  return `${restored}  undo:  ${hints(context)("revert", sessionId, "--to", String(before.seq))}\n`;
}

async function list(
  { terminal, clock }: CommandContext,
  client: TrunklineClient,
  sessionId: string,
  { limit, json }: RevertOptions,
): Promise<void> {
  const found = await awaiting(
    terminal.err,
    "Loading",
    takeItems(limit, (page) => client.session.checkpoints.query({ ...page, sessionId })),
  );
  await printListing(terminal, found, {
    columns: checkpointColumns(clock.now()),
    json: json === true,
    none: "No checkpoints yet. The first is saved before a command or an edit.",
  });
}

const CAUSES: Record<NonNullable<Checkpoint["cause"]>, string> = {
  base: "before the task's first change",
  step: "after a step",
  end: "at the end of a task",
  "before-revert": "before a revert",
  revert: "reverted",
};

function checkpointColumns(nowMs: number): Column<Checkpoint>[] {
  return [
    { title: "EVENT", cell: ({ seq }) => String(seq) },
    { title: "SAVED", cell: ({ at }) => formatAge(nowMs - at) },
    { title: "WHEN", cell: ({ cause }) => (cause === null ? "" : CAUSES[cause]) },
    { title: "COMMIT", cell: ({ commit }) => commit.slice(0, 12) },
  ];
}
