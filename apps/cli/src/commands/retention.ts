import type { RetentionReport } from "@trunkline/contract";
import { Command } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge } from "../terminal/duration.ts";
import type { Colors } from "../terminal/output.ts";
import { formatSize } from "../terminal/size.ts";
import type { Column } from "../terminal/table.ts";
import { connect, type CommandContext } from "./context.ts";
import { printListing } from "./listing.ts";
import { parseWholeNumber } from "./option-values.ts";

type Policy = NonNullable<RetentionReport["policy"]>;
type Retiring = RetentionReport["items"][number];

export function retentionCommand(context: CommandContext): Command {
  return new Command("retention")
    .summary("preview which sessions the server removes by policy")
    .description(
      "List the sessions that the server removes by its policy ('retention' in trunkline.config.json), and when. Nothing is " +
        "changed. Needs an admin token.",
    )
    .option("--days <count>", "look this far ahead", parseWholeNumber(0, 3_650), 7)
    .option("-n, --limit <count>", "how many at most", parseWholeNumber(1, 100), 20)
    .option("--json", "print the report as JSON")
    .action(async (options: { days: number; limit: number; json?: true }, command: Command) => {
      const { terminal } = context;
      const client = connect(context, command);
      const { days, limit } = options;
      const report = await awaiting(
        terminal.err,
        "Looking for work that is published nowhere",
        client.server.retention.query({ days, limit }),
      );
      if (options.json) {
        await terminal.out.write(`${JSON.stringify(report)}\n`);
        return;
      }
      const { policy, hold, usedBytes, items, omitted } = report;
      if (policy === null) {
        await terminal.err.write(
          "No policy: sessions stay until somebody deletes them. To set one: 'retention' in trunkline.config.json.\n",
        );
        return;
      }
      await terminal.err.write(`${policyInWords(policy)}\n`);
      if (usedBytes !== null) await terminal.err.write(`All sessions take ${formatSize(usedBytes)}.\n`);
      if (hold !== null) {
        await terminal.err.write(
          terminal.err.colors.yellow(
            `On hold until ${timeOf(hold.until)}: the clock jumped by ${formatAge(hold.gapMs)}, or no server ran. Check the server's clock.\n`,
          ),
        );
      }
      await printListing(
        terminal,
        { items, hasMore: omitted > 0 },
        {
          columns: retiringColumns(terminal.out.colors, context.clock.now()),
          json: false,
          none: `No session goes within ${days} ${days === 1 ? "day" : "days"}.`,
          more: () => `${omitted} more. To list them: --limit`,
        },
      );
    });
}

function policyInWords({ archivedDays, idleDays, maxBytes, unpublished }: Policy): string {
  const rules = [
    ...(archivedDays === null ? [] : [`archived sessions after ${archivedDays} days without activity`]),
    ...(idleDays === null
      ? []
      : [`any session after ${idleDays}${archivedDays === null ? " days without activity" : ""}`]),
    ...(maxBytes === null
      ? []
      : [`those idle for longest while all together take more than ${formatSize(maxBytes)}`]),
  ];
  const kept =
    unpublished === "keep" ? "Work that is published nowhere is kept." : "Unpublished work is discarded.";
  return `Removed: ${rules.join(", ")}. ${kept}`;
}

const timeOf = (at: number): string => new Date(at).toISOString().slice(0, 16).replace("T", " ");

function retiringColumns(colors: Colors, nowMs: number): Column<Retiring>[] {
  return [
    { title: "SESSION", cell: ({ sessionId }) => sessionId },
    {
      title: "GOES",
      cell: ({ removeAt, kept }) =>
        kept === "busy"
          ? "kept: busy"
          : kept === "unpublished"
            ? "kept: unpublished work"
            : removeAt <= nowMs
              ? "now"
              : timeOf(removeAt),
      paint: (text, { kept }) => (kept === null ? text : colors.dim(text)),
    },
    { title: "IDLE", cell: ({ lastActivityAt }) => formatAge(nowMs - lastActivityAt), align: "right" },
    { title: "RULE", cell: ({ reason }) => reason, spare: true },
    { title: "OWNER", cell: ({ ownerName, ownerId }) => ownerName ?? ownerId },
  ];
}
