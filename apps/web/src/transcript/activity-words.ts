import type { TaskView, TranscriptRow } from "@trunkline/contract/session-view";

/** Silence from which on it is said how long it lasts, in ms. */
const LONG_SILENCE_MS = 20_000;

/** Time without a connection from which on nobody can say what goes on, in ms. */
const LOST_MS = 3_000;

/**
 * @param silentMs since when nothing was heard of the session, in ms
 * @param awayMs since when there is no connection, in ms
 */
export function activityWords(
  task: TaskView | null,
  rows: readonly TranscriptRow[],
  silentMs: number,
  awayMs: number,
): { words: string; isSlow: boolean } {
  const isSlow = silentMs >= LONG_SILENCE_MS;
  if (awayMs >= LOST_MS) return { words: "Waiting for the server", isSlow: true };
  if (task === null) return { words: "Waiting to start", isSlow };
  if (task.state === "input-required") return { words: "Waiting for you", isSlow: false };
  const last = rows.findLast((row) => row.taskId === task.id);
  if (last?.kind === "tool" && last.state === "running") {
    return { words: `Running ${last.tool ?? "a tool"}`, isSlow };
  }
  if (last?.kind === "text" && last.state === "open" && !isSlow) return { words: "Writing", isSlow };
  if (last?.kind === "reasoning" && last.state === "open" && !isSlow) return { words: "Thinking", isSlow };
  return { words: isSlow ? "Waiting for the model" : "Working", isSlow };
}
