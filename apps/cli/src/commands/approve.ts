import type { Approval, ApprovalDecision } from "@trunkline/contract";
import { Command, Option } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge } from "../terminal/duration.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import { describeCall } from "../transcript/tool-row.ts";
import { connect, type CommandContext } from "./context.ts";
import { DEFAULT_LISTED, MAX_LISTED, printListing } from "./listing.ts";
import { parseId, parseWholeNumber } from "./option-values.ts";
import { takeItems } from "./paged-items.ts";

interface ApproveOptions {
  deny?: true;
  always?: true;
  note?: string;
  session?: string;
  limit: number;
  json?: true;
}

export function approveCommand(context: CommandContext): Command {
  return new Command("approve")
    .summary("allow or deny what a task asks")
    .description(
      "Allow a tool call that waits for you, or deny it; the task goes on by itself. " +
        "Without an id: list what waits.",
    )
    .argument("[approval]", "id of the approval", parseId("approve"))
    .addOption(new Option("--deny", "deny it").conflicts("always"))
    .option("--always", "allow it, and its like for the rest of the session")
    .option("--note <text>", "what the model is told about it")
    .option("-s, --session <id>", "list what waits in this session only", parseId("sessions"))
    .option(
      "-n, --limit <count>",
      "how many to list at most",
      parseWholeNumber(1, MAX_LISTED),
      DEFAULT_LISTED,
    )
    .option("--json", "print the approval as JSON; of a list, one per line")
    .action(async (approvalId: string | undefined, options: ApproveOptions, command: Command) => {
      if (approvalId === undefined) return list(context, options, command);
      const client = connect(context, command);
      const { out, err } = context.terminal;
      const decision: ApprovalDecision = options.deny ? "deny" : options.always ? "always" : "allow";
      const answering = client.approval.answer.mutate({ approvalId, decision, note: options.note });
      const approval = await awaiting(err, "answering", answering);
      const text = options.json ? JSON.stringify(approval) : describeAnswer(approval);
      await out.write(`${text}\n`);
    });
}

async function list(context: CommandContext, options: ApproveOptions, command: Command): Promise<void> {
  const { terminal } = context;
  const client = connect(context, command);
  const sessionId = options.session;
  const found = await awaiting(
    terminal.err,
    "reading the list",
    takeItems(options.limit, (page) => client.approval.list.query({ sessionId, ...page })),
  );
  await printListing(terminal, found, {
    columns: approvalColumns(Date.now()),
    json: options.json === true,
    none: "Nothing waits for you.",
  });
}

function describeAnswer({ state, always, ...call }: Approval): string {
  const what = describeCall(call);
  if (state === "deny") return `Denied: ${what}`;
  const more = state === "always" && always !== null ? `, and from now on ${oneLine(always)}` : "";
  return `Allowed: ${what}${more}`;
}

function approvalColumns(nowMs: number): Column<Approval>[] {
  return [
    { title: "APPROVAL", cell: ({ id }) => id },
    { title: "AGE", cell: ({ createdAt }) => formatAge(nowMs - createdAt), align: "right", spare: true },
    { title: "LEFT", cell: ({ expiresAt }) => formatAge(expiresAt - nowMs), align: "right", spare: true },
    { title: "CALL", cell: (approval) => describeCall(approval) },
  ];
}
