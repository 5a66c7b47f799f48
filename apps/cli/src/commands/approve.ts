import type { TrunklineClient } from "@trunkline/client";
import type { Approval, ApprovalDecision } from "@trunkline/contract";
import { Command, Option } from "commander";
import { askAnswer } from "../approvals/ask-answer.ts";
import { askDecision, describeRule } from "../approvals/ask-decision.ts";
import { formatCallDetails } from "../approvals/call-details.ts";
import { isQuestion, questionText } from "../approvals/question.ts";
import { EXIT } from "../exit-code.ts";
import { askYesNo, canAsk } from "../terminal/ask.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge } from "../terminal/duration.ts";
import { oneLine, plainText } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import { describeCall } from "../transcript/tool-row.ts";
import { connect, type CommandContext } from "./context.ts";
import { findApproval, findSession } from "./find-id.ts";
import { DEFAULT_LISTED, MAX_LISTED, printListing } from "./listing.ts";
import { parseId, parseWholeNumber } from "./option-values.ts";
import { takeItems } from "./paged-items.ts";

interface ApproveOptions {
  deny?: true;
  always?: true;
  yes?: true;
  note?: string;
  session?: string;
  limit: number;
  json?: true;
}

export function approveCommand(context: CommandContext): Command {
  return new Command("approve")
    .summary("answer what a task asks")
    .description(
      "Allow or deny a tool call that needs approval. Without an id: list open approvals. At a terminal it shows the whole " +
        "call and asks; in a script it allows the call unless told otherwise.",
    )
    .argument("[approval]", "id of the approval, its beginning, or last", parseId("approve"))
    .addOption(new Option("--deny", "deny it").conflicts("always"))
    .option("--always", "allow it, and calls like it for the rest of the session")
    .option("--note <text>", "a note to the agent, or the answer to its question")
    .option("-y, --yes", "don't ask")
    .option("-s, --session <id>", "list only what waits in this session", parseId("sessions"))
    .option(
      "-n, --limit <count>",
      "how many to list at most",
      parseWholeNumber(1, MAX_LISTED),
      DEFAULT_LISTED,
    )
    .option("--json", "print as JSON; lists as JSON lines")
    .action(async (given: string | undefined, options: ApproveOptions, command: Command) => {
      if (given === undefined) return list(context, options, command);
      const client = connect(context, command);
      const { out, err } = context.terminal;
      const approvalId = await findApproval(context, client, given);
      const answer = await answerOf(context, client, approvalId, options);
      if (answer === null) {
        context.exitCode = EXIT.canceled;
        return await err.write("Not answered.\n");
      }
      const answering = client.approval.answer.mutate({ approvalId, ...answer });
      const approval = await awaiting(err, "Answering", answering);
      const text = options.json ? JSON.stringify(approval) : describeAnswer(approval);
      return await out.write(`${text}\n`);
    });
}

interface ApprovalAnswer {
  decision: ApprovalDecision;
  note?: string | undefined;
}

/** @returns the decision from the options, or from the user who has seen the whole call; null if they leave */
async function answerOf(
  { terminal }: CommandContext,
  client: TrunklineClient,
  approvalId: string,
  { deny, always, note, yes }: ApproveOptions,
): Promise<ApprovalAnswer | null> {
  const decision: ApprovalDecision = deny ? "deny" : always ? "always" : "allow";
  if (deny || yes || !canAsk(terminal)) return { decision, note };
  const open = await takeItems(MAX_LISTED, (page) => client.approval.list.query(page));
  const approval = open.items.find(({ id }) => id === approvalId);
  // The server says why it is closed.
  if (approval === undefined) return { decision, note };
  const { signal } = new AbortController();
  if (isQuestion(approval)) {
    if (note !== undefined) return { decision, note };
    await terminal.err.write(`${plainText(questionText(approval))}\n`);
    const answer = await askAnswer(terminal, { signal });
    return answer.kind === "line" ? { decision: "allow", note: answer.text } : null;
  }
  const rows = [...formatCallDetails(approval, terminal.err.colors), `  ${oneLine(approval.reason)}`];
  await terminal.err.write(rows.map((row) => `${row}\n`).join(""));
  if (always && approval.always !== null) {
    const question = describeRule(oneLine(approval.always));
    return (await askYesNo(terminal, question, { otherwise: false })) ? { decision, note } : null;
  }
  const asked = await askDecision(terminal, approval.always, { signal });
  return asked.kind === "decided" ? { decision: asked.decision, note } : null;
}

async function list(context: CommandContext, options: ApproveOptions, command: Command): Promise<void> {
  const { terminal } = context;
  const client = connect(context, command);
  const named = options.session;
  const sessionId = named === undefined ? undefined : await findSession(context, client, named);
  const found = await awaiting(
    terminal.err,
    "Loading",
    takeItems(options.limit, (page) => client.approval.list.query({ sessionId, ...page })),
  );
  await printListing(terminal, found, {
    columns: approvalColumns(Date.now()),
    json: options.json === true,
    none: "Nothing is waiting for you.",
  });
}

function describeAnswer({ state, always, note, ...call }: Approval): string {
  const what = describeCall(call);
  if (isQuestion(call) && state !== "deny") return `Answered: ${oneLine(note ?? "yes")}`;
  if (state === "deny") return `Denied: ${what}`;
  return state === "always" && always !== null
    ? `Always allowed in this session: ${oneLine(always)}`
    : `Allowed: ${what}`;
}

function approvalColumns(nowMs: number): Column<Approval>[] {
  return [
    { title: "APPROVAL", cell: ({ id }) => id },
    { title: "AGE", cell: ({ createdAt }) => formatAge(nowMs - createdAt), align: "right", spare: true },
    { title: "LEFT", cell: ({ expiresAt }) => formatAge(expiresAt - nowMs), align: "right", spare: true },
    { title: "CALL", cell: (approval) => describeCall(approval) },
  ];
}
