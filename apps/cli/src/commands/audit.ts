import type { AuditEntry } from "@trunkline/contract";
import { Command } from "commander";
import { findUser } from "../access/find-user.ts";
import { awaiting } from "../terminal/awaiting.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import { connect, type CommandContext } from "./context.ts";
import { DEFAULT_LISTED, MAX_LISTED, printListing } from "./listing.ts";
import { parseWholeNumber } from "./option-values.ts";
import { takeItems } from "./paged-items.ts";

interface AuditOptions {
  limit: number;
  user?: string;
  action?: string;
  denied?: true;
  json?: true;
}

export function auditCommand(context: CommandContext): Command {
  return new Command("audit")
    .summary("list what was done and refused, newest first")
    .description(
      "List what was done and what was refused, newest first: sign-ins, changes to users and tokens, approvals, " +
        "cancellations, deletions, exports. Needs a token with the admin scope.",
    )
    .option("--user <name>", "by this user")
    .option("--action <name>", "of this action, e.g. token.create")
    .option("--denied", "refused only")
    .option("-n, --limit <count>", "how many at most", parseWholeNumber(1, MAX_LISTED), DEFAULT_LISTED)
    .option("--json", "print one entry per line as JSON")
    .action(async (options: AuditOptions, command: Command) => {
      const { terminal } = context;
      const client = connect(context, command);
      const { user, action, denied } = options;
      const filter = {
        ...(action !== undefined && { action }),
        ...(denied === true && { decision: "denied" as const }),
        ...(user !== undefined && { userId: (await findUser(client, user)).id }),
      };
      const found = await awaiting(
        terminal.err,
        "Loading the audit trail",
        takeItems(options.limit, (page) => client.audit.list.query({ ...filter, ...page })),
      );
      await printListing(terminal, found, {
        columns: auditColumns(terminal.out.colors),
        json: options.json === true,
        none: "No entries.",
      });
    });
}

function auditColumns(colors: Colors): Column<AuditEntry>[] {
  return [
    { title: "WHEN", cell: ({ at }) => new Date(at).toISOString().slice(0, 19).replace("T", " ") },
    { title: "WHO", cell: ({ userName }) => userName ?? "-" },
    { title: "FROM", cell: ({ address }) => address ?? "-", spare: true },
    {
      title: "DECISION",
      cell: ({ decision }) => decision,
      paint: (text, { decision }) => (decision === "denied" ? colors.red(text) : text),
    },
    { title: "COUNT", cell: ({ count }) => String(count), align: "right", spare: true },
    { title: "ACTION", cell: ({ action }) => oneLine(action) },
    { title: "TARGET", cell: ({ target }) => oneLine(target ?? "-"), spare: true },
    { title: "DETAIL", cell: ({ detail }) => oneLine(detail ?? ""), spare: true },
  ];
}
