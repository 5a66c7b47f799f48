import {
  budgetNote,
  type EventDataOf,
  instructionsNote,
  ruleInWords,
  type QuestionOption,
  type SessionEvent,
  type ToolCall,
} from "@trunkline/contract";
import { formatCallDetails } from "../approvals/call-details.ts";
import { describeAnswer } from "../approvals/chosen-options.ts";
import { formatQuestion, isQuestion, questionText } from "../approvals/question.ts";
import { formatDuration } from "../terminal/duration.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { screenLines } from "../terminal/screen-lines.ts";
import type { Look } from "./look.ts";
import { describeDecision, describeReason } from "./task-reason.ts";

/** @returns the line below a tool's row that reports a file change. */
export function formatFileChange(event: EventDataOf<"file.changed">, { colors }: Look): string {
  const { path, change, additions, deletions } = event;
  return `  ${colors.dim(change)} ${oneLine(path)}  ${colors.green(`+${additions}`)} ${colors.red(`-${deletions}`)}`;
}

/** The row of an answer depends on what was asked. */
export interface Asked {
  callOf(approvalId: string): Pick<ToolCall, "tool" | "input"> | null;
  optionsOf(questionId: string): readonly QuestionOption[];
}

/** @returns the rows of a standalone event; none for events shown elsewhere or not at all. */
export function formatEventRows(
  event: SessionEvent,
  { colors, answers, command }: Look,
  { callOf, optionsOf }: Asked,
): string[] {
  switch (event.type) {
    case "task.started":
      return event.data.attempt === 1
        ? []
        : [colors.dim(`Resuming the task (attempt ${event.data.attempt})`)];
    case "task.interrupted":
      return [
        colors.yellow(`! Interrupted: ${describeReason(event.data.reason)}. The task resumes by itself.`),
      ];
    case "task.steered":
      return [`${colors.cyan("›")} ${colors.bold(oneLine(event.data.prompt))}`];
    case "approval.requested":
      return approvalRows(event.data, { colors, answers, command });
    case "approval.answered":
      return answerRows(event.data, callOf(event.data.approvalId), colors);
    case "approval.expired":
      return [colors.yellow("! Timed out: nobody answered")];
    case "question.asked":
      return questionRows(event.data, { colors, answers, command });
    case "question.answered":
      return [
        colors.dim(
          `Answered by ${oneLine(event.data.by)}${event.data.repeats === undefined ? "" : " before the restart"}: ${quoted(describeAnswer(event.data.answer, optionsOf(event.data.questionId)))}`,
        ),
      ];
    case "subagent.started":
      return [
        `${colors.cyan("▸")} Subagent: ${oneLine(event.data.title ?? event.data.taskId)}`,
        `  ${colors.dim("watch:")} ${command("attach", event.data.sessionId)}`,
      ];
    case "subagent.ended":
      return [colors.dim(`Subagent ${oneLine(event.data.state)}`)];
    case "question.expired":
      return [colors.yellow("! Timed out: nobody answered")];
    case "plan.updated":
      return event.data.items.map(({ text, status }) => {
        const mark = PLAN_MARKS[status] ?? "☐";
        return status === "done" ? colors.dim(`${mark} ${oneLine(text)}`) : `${mark} ${oneLine(text)}`;
      });
    case "setup.started":
      return [colors.dim(`Setting up the workspace: ${oneLine(event.data.command)}`)];
    case "setup.ended":
      return setupRows(event.data, colors);
    case "instructions.read":
      return [colors.dim(oneLine(instructionsNote(event.data)))];
    case "network.refused":
      return refusalRows(event, { colors, command });
    case "network.allowed":
      return [colors.dim(`${oneLine(event.data.host)} allowed by ${oneLine(event.data.by)}`)];
    case "rule.created": {
      const { approvalId, by } = event.data;
      // The answer's row names it.
      if (approvalId !== undefined) return [];
      const rule = ruleInWords({ ...event.data, level: "session" });
      return [colors.dim(`Rule added by ${oneLine(by)}: ${oneLine(rule)}`)];
    }
    case "rule.deleted":
      return [colors.dim(`Rule deleted by ${oneLine(event.data.by)}`)];
    case "context.compacted":
      return [colors.dim("Older messages were summarized to make room")];
    case "budget.warned":
      return [colors.yellow(`! ${budgetNote(event.data)}`)];
    case "budget.exceeded":
      return [colors.yellow(`! Budget exceeded. ${budgetNote(event.data)}`)];
    case "session.published": {
      const { branch, kind, url } = event.data;
      return [`Published ${oneLine(branch ?? kind ?? "")}${url === undefined ? "" : `: ${oneLine(url)}`}`];
    }
    case "workspace.archived": {
      const { branch, commit } = event.data;
      return [colors.dim(`Work archived on ${oneLine(branch)} (${commit.slice(0, 12)}); workspace removed`)];
    }
    case "workspace.reverted":
      return [colors.dim(`Workspace restored to event ${event.data.toSeq}`)];
    case "notice": {
      const { level, message } = event.data;
      const paint = level === "warning" ? colors.yellow : level === "error" ? colors.red : colors.dim;
      return [paint(oneLine(message))];
    }
    default:
      return [];
  }
}

const PLAN_MARKS: Readonly<Record<string, string>> = { pending: "☐", active: "▸", done: "☑" };

const REFUSALS: Readonly<Record<string, string>> = {
  "not-allowed": "not on this session's list of hosts",
  "not-public": "its address is not public",
  address: "named by an address",
  "not-tls": "not TLS for this host",
};

function refusalRows(
  { sessionId, data: { host, port, reason } }: Extract<SessionEvent, { type: "network.refused" }>,
  { colors, command }: Pick<Look, "colors" | "command">,
): string[] {
  const isWeb = port === 443 || port === 80;
  const name = oneLine(isWeb ? host : `${host}:${port}`);
  const why = REFUSALS[reason] ?? oneLine(reason);
  const row = colors.yellow(`! No network access to ${name}: ${why}`);
  if (reason !== "not-allowed") return [row];
  return [row, `  ${colors.dim("allow:")} ${command("allow-host", sessionId, name)}`];
}

/** The output of one that failed says why; of one that succeeded nobody asks. */
function setupRows(ended: EventDataOf<"setup.ended">, colors: Colors): string[] {
  const { status, cached, durationMs, output, exitCode } = ended;
  const time = formatDuration(durationMs);
  if (status === "succeeded") {
    return [colors.dim(cached ? `✓ Setup: taken from an earlier one  ${time}` : `✓ Setup  ${time}`)];
  }
  if (status !== "failed") return [colors.yellow(`! Setup ${oneLine(status)}  ${time}`)];
  const code = exitCode === null ? "" : ` with exit code ${exitCode}`;
  const lines = screenLines(output).filter((line) => line.trim() !== "");
  return [
    colors.red(`✗ Setup failed${code}  ${time}`),
    ...lines.slice(-SETUP_LINES).map((line) => `  ${oneLine(line)}`),
  ];
}

/** The end of what a failed setup wrote. */
const SETUP_LINES = 20;

type AskLook = Pick<Look, "colors" | "answers" | "command">;

function approvalRows(asked: EventDataOf<"approval.requested">, look: AskLook): string[] {
  const { colors, answers, command } = look;
  if (isQuestion(asked)) {
    const hint = `  ${colors.dim("answer:")} ${command("approve", asked.approvalId, "--note", "…")}`;
    const question = formatQuestion({ text: questionText(asked), options: [] }, colors);
    return answers === "command" ? [...question, hint] : question;
  }
  const rows = [...formatCallDetails(asked, colors), `  ${colors.dim(oneLine(asked.reason))}`];
  if (answers === "prompt") return rows;
  const ways = [
    ["allow:", command("approve", asked.approvalId)],
    ["deny:", command("approve", asked.approvalId, "--deny")],
    ...(asked.always === undefined
      ? []
      : [[`always allow ${oneLine(asked.always)}:`, command("approve", asked.approvalId, "--always")]]),
  ] as const;
  return [...rows, ...ways.map(([label, line]) => `  ${colors.dim(label)} ${line}`)];
}

function answerRows(
  { decision, by, note, rule }: EventDataOf<"approval.answered">,
  asked: ReturnType<Asked["callOf"]>,
  colors: Colors,
): string[] {
  const who = oneLine(by);
  const words = note === undefined ? "" : `: ${quoted(note)}`;
  if (asked !== null && isQuestion(asked)) {
    return [
      colors.dim(
        decision === "deny" ? `Declined by ${who}${words}` : `Answered by ${who}${words || ": yes"}`,
      ),
    ];
  }
  const done = describeDecision(decision);
  const made = rule === undefined ? "" : ` (${oneLine(ruleInWords({ ...rule, effect: "allow" }))})`;
  return [colors.dim(`${done} by ${who}${made}${words}`)];
}

function questionRows(
  { questionId, text, options = [], form }: EventDataOf<"question.asked">,
  { colors, answers, command }: AskLook,
): string[] {
  const how = form === undefined ? ["…"] : form.fields.length === 0 ? ["--accept"] : ["--value", "NAME=…"];
  const hint = `  ${colors.dim("answer:")} ${command("answer", questionId, ...how)}`;
  return [...formatQuestion({ text, options, form }, colors), ...(answers === "command" ? [hint] : [])];
}

function quoted(text: string): string {
  return `"${oneLine(text)}"`;
}
