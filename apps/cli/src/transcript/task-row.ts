import { addUsage, NO_USAGE, type SessionEvent, totalTokens, type Usage } from "@trunkline/contract";
import { formatDuration } from "../terminal/duration.ts";
import { plainText } from "../terminal/plain-text.ts";
import type { Look } from "./look.ts";
import { describeReason } from "./task-reason.ts";

/** Totals of a task so far, for its last line. */
export interface TaskTally {
  /** First start, in ms since the epoch; null if it never started. */
  startedAt: number | null;
  steps: number;
  tokens: Usage;
}

export const NO_TALLY: TaskTally = { startedAt: null, steps: 0, tokens: NO_USAGE };

/** @returns the tally after this event. */
export function tallied(tally: TaskTally, event: SessionEvent): TaskTally {
  if (event.type === "task.started") return { ...tally, startedAt: tally.startedAt ?? event.at };
  if (event.type !== "step.ended") return tally;
  return { ...tally, steps: tally.steps + 1, tokens: addUsage(tally.tokens, event.data.usage) };
}

/** Whether a message to a running task ended by being handed to it, which shows it. */
export function isHandedOver(event: SessionEvent): boolean {
  return event.type === "task.canceled" && event.data.reason === "steered";
}

/** @returns the row that closes a task; null for other events. */
export function formatTaskEnd(event: SessionEvent, tally: TaskTally, { colors }: Look): string | null {
  const took = tally.startedAt === null ? null : formatDuration(event.at - tally.startedAt);
  const sum = colors.dim(describeTally(tally));
  switch (event.type) {
    case "task.completed":
      return colors.green(`✓ Completed${took === null ? "" : ` in ${took}`}`) + sum;
    case "task.failed":
      return colors.red(`✗ Failed${after(took)}: ${plainText(event.data.error.message)}`) + sum;
    case "task.canceled": {
      const why = event.data.reason === "user" ? "" : `: ${describeReason(event.data.reason)}`;
      return colors.yellow(`■ Canceled${after(took)}${why}`) + sum;
    }
    case "task.rejected":
      return colors.red(`✗ Rejected: ${describeReason(event.data.reason)}`);
    default:
      return null;
  }
}

function after(took: string | null): string {
  return took === null ? "" : ` after ${took}`;
}

function describeTally({ steps, tokens }: TaskTally): string {
  const total = totalTokens(tokens);
  const parts = [
    ...(steps > 0 ? [`${steps} ${steps === 1 ? "step" : "steps"}`] : []),
    ...(total > 0 ? [`${total.toLocaleString("en-US")} tokens`] : []),
  ];
  return parts.map((part) => ` · ${part}`).join("");
}
