import { addUsage, NO_USAGE, type SessionEvent, totalTokens, type Usage } from "@trunkline/contract";
import { formatDuration } from "../terminal/duration.ts";
import { plainText } from "../terminal/plain-text.ts";
import type { Look } from "./look.ts";

/** What happened in a task so far, for its last line. */
export interface TaskTally {
  /** When it was first started, in ms since the epoch; null while it never was. */
  startedAt: number | null;
  steps: number;
  tokens: Usage;
}

export const NO_TALLY: TaskTally = { startedAt: null, steps: 0, tokens: NO_USAGE };

/** @returns the tally with what this event adds. */
export function tallied(tally: TaskTally, event: SessionEvent): TaskTally {
  if (event.type === "task.started") return { ...tally, startedAt: tally.startedAt ?? event.at };
  if (event.type !== "step.ended") return tally;
  return { ...tally, steps: tally.steps + 1, tokens: addUsage(tally.tokens, event.data.usage) };
}

/** @returns the row that closes a task; null for an event that ends none. */
export function formatTaskEnd(event: SessionEvent, tally: TaskTally, { colors }: Look): string | null {
  const sum = colors.dim(describeTally(tally, event.at));
  switch (event.type) {
    case "task.completed":
      return `${colors.green("✓ completed")}${sum}`;
    case "task.failed":
      return `${colors.red(`✗ failed: ${plainText(event.data.error.message)}`)}${sum}`;
    case "task.canceled":
      return `${colors.yellow(`■ canceled${event.data.reason === "user" ? "" : ` (${event.data.reason})`}`)}${sum}`;
    case "task.rejected":
      return colors.red(`✗ rejected (${event.data.reason})`);
    default:
      return null;
  }
}

function describeTally({ startedAt, steps, tokens }: TaskTally, endedAt: number): string {
  const parts: string[] = [];
  if (startedAt !== null) parts.push(`in ${formatDuration(endedAt - startedAt)}`);
  if (steps > 0) parts.push(`${steps} ${steps === 1 ? "step" : "steps"}`);
  const total = totalTokens(tokens);
  if (total > 0) parts.push(`${total.toLocaleString("en-US")} tokens`);
  return parts.length === 0 ? "" : ` ${parts.join(", ")}`;
}
