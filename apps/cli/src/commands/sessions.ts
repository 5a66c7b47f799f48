import type { Session } from "@trunkline/contract";
import { Command } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge } from "../terminal/duration.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { DEFAULT_LISTED, MAX_LISTED, printListing } from "./listing.ts";
import { parseWholeNumber } from "./option-values.ts";
import { takeItems } from "./paged-items.ts";

interface SessionsOptions {
  title?: string;
  archived?: true;
  limit: number;
  json?: true;
}

export function sessionsCommand(context: CommandContext): Command {
  return new Command("sessions")
    .summary("list sessions, latest first")
    .description("List your sessions, latest first.")
    .option("--title <words>", "only those with this in the title")
    .option("--archived", "archived sessions instead")
    .option("-n, --limit <count>", "how many at most", parseWholeNumber(1, MAX_LISTED), DEFAULT_LISTED)
    .option("--json", "print one session per line as JSON")
    .action(async (options: SessionsOptions, command: Command) => {
      const { terminal } = context;
      const client = connect(context, command);
      const { title: query, archived = false } = options;
      const found = await awaiting(
        terminal.err,
        "Loading",
        takeItems(options.limit, (page) => client.session.list.query({ ...page, query, archived })),
      );
      await printListing(terminal, found, {
        columns: sessionColumns(terminal.out.colors, Date.now()),
        json: options.json === true,
        none:
          query === undefined && !archived
            ? `No sessions yet. Start one: ${hints(context)("run", "…")}`
            : `No ${archived ? "archived " : ""}session${query === undefined ? "s" : ` has '${query}' in its title`}.`,
      });
    });
}

function sessionColumns(colors: Colors, nowMs: number): Column<Session>[] {
  const paintOfStatus: Record<Session["status"], (text: string) => string> = {
    idle: colors.dim,
    queued: colors.dim,
    working: colors.cyan,
    "input-required": colors.yellow,
  };
  return [
    { title: "SESSION", cell: ({ id }) => id },
    {
      title: "STATUS",
      cell: ({ status }) => status,
      paint: (text, { status }) => paintOfStatus[status](text),
    },
    { title: "CHANGED", cell: ({ updatedAt }) => formatAge(nowMs - updatedAt), align: "right", spare: true },
    { title: "TITLE", cell: ({ title }) => oneLine(title) },
  ];
}
