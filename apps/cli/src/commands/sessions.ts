import type { Session } from "@trunkline/contract";
import { Command } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge } from "../terminal/duration.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { DEFAULT_LISTED, MAX_LISTED, printListing } from "./listing.ts";
import { parseWholeNumber } from "./option-values.ts";
import { takeItems } from "./paged-items.ts";

interface SessionsOptions {
  title?: string;
  archived?: true;
  of?: string;
  limit: number;
  json?: true;
}

export function sessionsCommand(context: CommandContext): Command {
  return new Command("sessions")
    .summary("list sessions, latest first")
    .description("List your sessions, latest first.")
    .option("--title <words>", "only those with this in the title")
    .option("--archived", "archived sessions instead")
    .option(
      "--of <session>",
      "those in which this session's subagents work (an id, or how it begins; 'last')",
    )
    .option("-n, --limit <count>", "how many at most", parseWholeNumber(1, MAX_LISTED), DEFAULT_LISTED)
    .option("--json", "print one session per line as JSON")
    .action(async (options: SessionsOptions, command: Command) => {
      const { terminal } = context;
      const client = connect(context, command);
      const { title: query, archived = false } = options;
      const parentSessionId =
        options.of === undefined ? undefined : await findSession(context, client, options.of);
      const found = await awaiting(
        terminal.err,
        "Loading",
        takeItems(options.limit, (page) =>
          client.session.list.query({ ...page, query, archived, parentSessionId }),
        ),
      );
      await printListing(terminal, found, {
        columns: sessionColumns(terminal.out.colors, context.clock.now()),
        json: options.json === true,
        none: noneOf(options, hints(context)("run", "…")),
      });
    });
}

function noneOf({ title, archived, of }: SessionsOptions, start: string): string {
  if (of !== undefined) return "It has no subagents.";
  if (title === undefined && archived === undefined) return `No sessions yet. Start one: ${start}`;
  return `No ${archived === undefined ? "" : "archived "}session${title === undefined ? "s" : ` has '${title}' in its title`}.`;
}

function sessionColumns(colors: Colors, nowMs: number): Column<Session>[] {
  const paintOfStatus: Readonly<Record<string, (text: string) => string>> = {
    idle: colors.dim,
    queued: colors.dim,
    working: colors.cyan,
    "input-required": colors.yellow,
  } satisfies Record<Session["status"], unknown>;
  return [
    { title: "SESSION", cell: ({ id }) => id },
    {
      title: "STATUS",
      cell: ({ status }) => status,
      paint: (text, { status }) => paintOfStatus[status]?.(text) ?? text,
    },
    { title: "CHANGED", cell: ({ updatedAt }) => formatAge(nowMs - updatedAt), align: "right", spare: true },
    { title: "TITLE", cell: ({ title }) => oneLine(title) },
  ];
}
