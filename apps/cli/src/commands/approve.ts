import type { TrunklineClient } from "@trunkline/client";
import { type Approval, type ApprovalDecision, type RuleTerms, termsInWords } from "@trunkline/contract";
import { Command, Option } from "commander";
import { askAnswer } from "../approvals/ask-answer.ts";
import { askDecision, describeRule } from "../approvals/ask-decision.ts";
import { formatCallDetails } from "../approvals/call-details.ts";
import { isQuestion, questionText } from "../approvals/question.ts";
import { CommandError } from "../command-error.ts";
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
  rule?: number;
  in?: "session" | "project" | "user";
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
    .option("--always", "allow it and, by a rule, calls like it from now on")
    .addOption(
      new Option("--rule <number>", "with --always: which of the rules that it offers; 1 is the narrowest")
        .argParser(parseWholeNumber(1, 10))
        .conflicts("deny"),
    )
    .addOption(
      new Option(
        "--in <place>",
        "with --always: where the rule holds: in this session, in yours of its project, in all yours",
      )
        .choices(["session", "project", "user"])
        .conflicts("deny"),
    )
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
      if (options.always !== true && (options.rule ?? options.in) !== undefined) {
        throw new CommandError(EXIT.usage, "Only --always makes a rule: use --rule and --in with it.");
      }
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
  rule?: RuleTerms | undefined;
  level?: "session" | "project" | "user" | undefined;
}

/** @returns the decision from the options, or from the user who has seen the whole call; null if they leave */
async function answerOf(
  { terminal }: CommandContext,
  client: TrunklineClient,
  approvalId: string,
  { deny, always, note, yes, ...chosen }: ApproveOptions,
): Promise<ApprovalAnswer | null> {
  const decision: ApprovalDecision = deny ? "deny" : always ? "always" : "allow";
  const isChosen = chosen.rule !== undefined || chosen.in !== undefined;
  if (deny || ((yes || !canAsk(terminal)) && !isChosen)) return { decision, note };
  const open = await takeItems(MAX_LISTED, (page) => client.approval.list.query(page));
  const approval = open.items.find(({ id }) => id === approvalId);
  // The server says why it is closed.
  if (approval === undefined) return { decision, note };
  const rule = ruleOf(approval, chosen.rule);
  const level = chosen.in;
  if (yes || !canAsk(terminal)) return { decision, note, rule, level };
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
    const { rules } = approval;
    const more = rules.map((each, index) => `  --rule ${index + 1}: ${oneLine(termsInWords(each))}\n`);
    if (rules.length > 1 && chosen.rule === undefined) await terminal.err.write(more.join(""));
    const words = rule === undefined ? approval.always : termsInWords(rule);
    const question = describeRule(oneLine(words), level);
    const isSure = await askYesNo(terminal, question, { otherwise: false });
    return isSure ? { decision, note, rule, level } : null;
  }
  const asked = await askDecision(terminal, approval.always, { signal });
  return asked.kind === "decided" ? { decision: asked.decision, note } : null;
}

/** @throws CommandError if it does not offer that many. */
function ruleOf({ rules }: Approval, chosen: number | undefined): RuleTerms | undefined {
  if (chosen === undefined) return rules[0];
  const rule = rules[chosen - 1];
  if (rule !== undefined) return rule;
  const offered = rules.map((each, index) => `\n  ${index + 1}  ${oneLine(termsInWords(each))}`);
  throw new CommandError(EXIT.usage, `There is no rule ${chosen}. Offered:${offered.join("") || " none"}`);
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
    columns: approvalColumns(context.clock.now()),
    json: options.json === true,
    none: "Nothing is waiting for you.",
  });
}

function describeAnswer({ state, always, note, ...call }: Approval): string {
  const what = describeCall(call);
  if (isQuestion(call) && state !== "deny") return `Answered: ${oneLine(note ?? "yes")}`;
  if (state === "deny") return `Denied: ${what}`;
  return state === "always" && always !== null ? `Always allowed: ${oneLine(always)}` : `Allowed: ${what}`;
}

function approvalColumns(nowMs: number): Column<Approval>[] {
  return [
    { title: "APPROVAL", cell: ({ id }) => id },
    { title: "AGE", cell: ({ createdAt }) => formatAge(nowMs - createdAt), align: "right", spare: true },
    { title: "LEFT", cell: ({ expiresAt }) => formatAge(expiresAt - nowMs), align: "right", spare: true },
    { title: "CALL", cell: (approval) => describeCall(approval) },
  ];
}
