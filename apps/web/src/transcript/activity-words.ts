import type { SessionEvent } from "@trunkline/contract";
import type { NoticeRow, SessionView, TaskView, TranscriptRow } from "@trunkline/contract/session-view";
import { questionOf } from "../approvals/open-approvals.ts";
import { timeOfDay } from "../text/time.ts";
import { callKind, toolWords } from "./tool-words.ts";

/** A model that writes or thinks is never silent for longer, in ms. */
const SILENCE_MS = 10_000;
/** After this long without a connection, the activity is unknown, in ms. */
const LOST_MS = 3_000;

export interface Activity {
  words: string;
  /** Since when, in ms since the epoch by the server's clock; null: show no time. */
  since: number | null;
  /** When it continues by itself; shown as a countdown. */
  until: number | null;
}

/**
 * The current activity, derived from the server's events and their times, so a page opened just now shows the same as
 * one open all along.
 *
 * @param now by the server's clock
 * @param awaySince since when there is no connection; null while there is one
 */
export function activityWords(
  task: TaskView | null,
  { rows, events }: Pick<SessionView, "rows" | "events">,
  now: number,
  awaySince: number | null,
): Activity {
  const say = (words: string, since: number | null = null, until: number | null = null): Activity => ({
    words,
    since,
    until,
  });
  if (awaySince !== null && now - awaySince >= LOST_MS) return say("Waiting for the server", awaySince);
  if (task === null) return say("Waiting to start", lastOf(events)?.at ?? null);
  const heard = events.findLast(({ taskId }) => taskId === task.id);
  const heardAt = heard?.at ?? task.startedAt ?? null;
  if (task.state === "input-required") {
    const asked = rows.findLast((row) => row.kind === "approval" && row.taskId === task.id);
    return waiting(task, heard, asked?.kind === "approval" && questionOf(asked) !== null, say);
  }
  const last = rows.findLast((row) => row.taskId === task.id);
  if (last?.kind === "tool" && last.state === "running") {
    const { target, verb } = toolWords(last);
    const what = target === "" ? (last.tool ?? verb) : target;
    return say(
      callKind(last) === "execute" ? `Running ${what}` : `Running ${last.tool ?? verb} ${target}`,
      last.at,
    );
  }
  const retryAt = last?.kind === "notice" ? retryTime(last) : null;
  if (retryAt !== null && retryAt > now) return say("Retrying", null, retryAt);
  const isFresh = heardAt !== null && now - heardAt < SILENCE_MS;
  if (isFresh && isOpenBlock(last, "text")) return say("Writing");
  if (isFresh && isOpenBlock(last, "reasoning")) return say("Thinking");
  return say("Waiting for the model", heardAt);
}

function waiting(
  task: TaskView,
  heard: SessionEvent | undefined,
  isQuestion: boolean,
  say: (words: string, since?: number | null, until?: number | null) => Activity,
): Activity {
  const until = heard?.type === "task.input-required" ? (heard.data.until ?? null) : null;
  if (task.reason === "limit") {
    return say(
      until === null ? "Waiting for usage limit" : `Waiting for usage limit until ${timeOfDay(until)}`,
      null,
      until,
    );
  }
  if (task.reason === "child") return say("Waiting for a subagent", heard?.at ?? null);
  return say(isQuestion || task.reason === "question" ? "Waiting for your answer" : "Waiting for approval");
}

const lastOf = <T>(values: readonly T[]): T | undefined => values.at(-1);

const isOpenBlock = (row: TranscriptRow | undefined, kind: "text" | "reasoning"): boolean =>
  row?.kind === kind && row.state === "open";

/** When a failed attempt is retried: its notice says in how many seconds. */
function retryTime({ message, at, retry }: NoticeRow): number | null {
  if (retry !== undefined) return at + retry.delayMs;
  // Logs from before say it in words alone.
  const seconds = /\b(?:again|retrying) in (\d+(?:\.\d+)?) s\b/i.exec(message)?.[1];
  return seconds === undefined ? null : at + Number(seconds) * 1_000;
}
