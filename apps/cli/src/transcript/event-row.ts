import type { EventDataOf, SessionEvent } from "@trunkline/contract";
import { oneLine } from "../terminal/plain-text.ts";
import { describeCall } from "./tool-row.ts";
import type { Look } from "./look.ts";

/** @returns what a tool did to a file, for below the tool's row. */
export function formatFileChange(event: EventDataOf<"file.changed">, { colors }: Look): string {
  const { path, change, additions, deletions } = event;
  return `  ${colors.dim(change)} ${oneLine(path)}  ${colors.green(`+${additions}`)} ${colors.red(`-${deletions}`)}`;
}

/** @returns the rows of an event that stands for itself; none for one that shows elsewhere or not at all. */
export function formatEventRows(event: SessionEvent, { colors, answers }: Look): string[] {
  switch (event.type) {
    case "task.started":
      return event.data.attempt === 1 ? [] : [colors.dim(`goes on, attempt ${event.data.attempt}`)];
    case "task.interrupted":
      return [colors.yellow(`! interrupted (${event.data.reason}); it goes on by itself`)];
    case "approval.requested":
      return [
        colors.yellow(`? ${describeCall(event.data)}`),
        `  ${colors.dim(oneLine(event.data.reason))}`,
        `  ${describeAnswers(event.data, answers)}`,
      ];
    case "approval.answered":
      return [colors.dim(`answered: ${event.data.decision}, by ${oneLine(event.data.by)}`)];
    case "approval.expired":
      return [colors.yellow("! nobody answered in time")];
    case "plan.updated":
      return event.data.items.map(({ text, status }) => {
        const mark = { pending: "☐", active: "▸", done: "☑" }[status];
        return status === "done" ? colors.dim(`${mark} ${oneLine(text)}`) : `${mark} ${oneLine(text)}`;
      });
    case "context.compacted":
      return [colors.dim("the conversation was summarised to make room")];
    case "budget.exceeded": {
      const { budget, limit } = event.data;
      return [colors.yellow(`! the budget of ${limit} ${budget === "duration" ? "ms" : budget} is spent`)];
    }
    case "notice": {
      const paint = { info: colors.dim, warning: colors.yellow, error: colors.red }[event.data.level];
      return [paint(oneLine(event.data.message))];
    }
    default:
      return [];
  }
}

/** How the person answers: by a key, or by a command of its own. */
function describeAnswers(
  { approvalId, always }: EventDataOf<"approval.requested">,
  answers: Look["answers"],
): string {
  if (answers === "command") {
    return `trunkline approve ${approvalId}${always === undefined ? " [--deny]" : " [--deny | --always]"}`;
  }
  const ways = ["y allow", "n deny", ...(always === undefined ? [] : [`a always allow ${oneLine(always)}`])];
  return `[${ways.join(" · ")}]`;
}
