import { type UsageQuery, type UsageRow, usdText } from "@trunkline/contract";
import { Command, Option } from "commander";
import { projectNamed } from "../project/find-project.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { parseDay } from "./day.ts";
import { findSession } from "./find-id.ts";
import { printListing } from "./listing.ts";
import { parseId, parseWholeNumber } from "./option-values.ts";

interface CostOptions {
  by: UsageQuery["by"];
  from?: number;
  to?: number;
  session?: string;
  project?: string;
  everybody?: true;
  limit: number;
  json?: true;
}

export function costCommand(context: CommandContext): Command {
  return new Command("cost")
    .summary("show what model calls used and cost")
    .description(
      "Show what model calls used and cost, deleted sessions included. Prices are those of the day of the call. Where some are " +
        "unknown, the cost is a lower bound (≥).",
    )
    .addOption(
      new Option("--by <what>", "a line per")
        .choices(["day", "session", "model", "user", "project"])
        .default("day"),
    )
    .option("--from <day>", "from this day on, e.g. 2026-11-01, or 7d ago (default: 30d)", (text: string) =>
      parseDay(text),
    )
    .option("--to <day>", "before this day (default: until now)", (text: string) => parseDay(text))
    .option("-s, --session <id>", "of this session", parseId("sessions"))
    .addOption(new Option("--project <name>", "of this project").conflicts("session"))
    .option("--everybody", "of all users; needs a token with the admin scope")
    .option(
      "-n, --limit <count>",
      "how many lines at most; days are never left out",
      parseWholeNumber(1, 1_000),
      50,
    )
    .option("--json", "print the report as JSON")
    .action(async (options: CostOptions, command: Command) => {
      const { terminal } = context;
      const client = connect(context, command);
      const { by, from, to, session, project, limit, everybody = false } = options;
      const place = {
        ...(session !== undefined && { sessionId: await findSession(context, client, session) }),
        ...(project !== undefined && {
          projectId: (await projectNamed(client, project, hints(context))).id,
        }),
      };
      const report = await awaiting(
        terminal.err,
        "Adding up",
        client.usage.query.query({
          by,
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
          ...place,
          everybody,
          limit,
          // An offset of 0 is -0, which JSON does not have.
          utcOffsetMinutes: 0 - new Date(to ?? Date.now()).getTimezoneOffset(),
        }),
      );
      if (options.json === true) return await terminal.out.write(`${JSON.stringify(report)}\n`);
      const total = { key: null, label: "total", ...report.total };
      const items = report.items.length === 0 ? [] : [...report.items, total];
      return await printListing(
        terminal,
        { items, hasMore: report.omitted > 0 },
        {
          columns: costColumns(by),
          json: false,
          none: "No model calls in that time.",
          more: () => `${report.omitted} more lines are in the total. For more: --limit`,
        },
      );
    });
}

const WITHOUT_KEY = { day: "-", session: "-", model: "unknown", user: "-", project: "no project" } as const;

function costColumns(by: UsageQuery["by"]): Column<UsageRow>[] {
  const count = (amount: number): string => amount.toLocaleString("en-US");
  return [
    {
      title: by.toUpperCase(),
      cell: ({ key, label }) => oneLine(label ?? key ?? WITHOUT_KEY[by]),
    },
    { title: "CALLS", cell: ({ steps }) => count(steps), align: "right" },
    { title: "INPUT", cell: ({ inputTokens }) => count(inputTokens), align: "right" },
    {
      title: "CACHED",
      cell: ({ cachedInputTokens }) => count(cachedInputTokens),
      align: "right",
      spare: true,
    },
    { title: "OUTPUT", cell: ({ outputTokens }) => count(outputTokens), align: "right" },
    { title: "COST", cell: costText, align: "right" },
  ];
}

/** `unknown` if no call has a price; `≥ $1.20` if some have none. */
function costText({ steps, costUsd, unpricedSteps }: UsageRow): string {
  if (unpricedSteps === 0) return usdText(costUsd);
  return unpricedSteps === steps ? "unknown" : `≥ ${usdText(costUsd)}`;
}
