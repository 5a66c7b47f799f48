import type { SessionEvent } from "@trunkline/contract";
import type { SessionView, ToolRow, TranscriptRow } from "@trunkline/contract/session-view";
import type { ShownFile } from "../attachments/prompt-files.tsx";
import type { QueuedPrompt } from "../session/session-facts.ts";
import { callKind, isRead } from "./tool-words.ts";

/** Several reads in a row, shown as one line. */
export interface ReadsItem {
  kind: "reads";
  key: string;
  seq: number;
  rows: readonly ToolRow[];
}

/** A prompt that is about to start. */
export interface WaitingItem {
  kind: "waiting";
  key: string;
  seq: null;
  prompt: string;
  files: readonly ShownFile[];
}

export type TranscriptItem = TranscriptRow | ReadsItem | WaitingItem;

/** Fewer in a row are shown individually. */
const MIN_GROUP = 2;

const groups = new WeakMap<TranscriptRow, ReadsItem>();

/** Groups consecutive reads. A group that did not change keeps its identity. */
export function groupReads(rows: readonly TranscriptRow[]): readonly TranscriptItem[] {
  const items: TranscriptItem[] = [];
  // The subagent's own row says what its call would.
  const delegated = new Set(rows.flatMap((row) => (row.kind === "subagent" ? [row.callId] : [])));
  for (let start = 0; start < rows.length;) {
    const row = rows[start];
    if (row?.kind === "tool" && delegated.has(row.callId)) {
      start += 1;
      continue;
    }
    if (isRetriedAgain(rows[start], rows[start + 1])) {
      start += 1;
      continue;
    }
    const run = readsFrom(rows, start);
    if (run.length >= MIN_GROUP) items.push(group(run));
    else items.push(...rows.slice(start, start + Math.max(1, run.length)));
    start += Math.max(1, run.length);
  }
  return items;
}

/** Retries of one step are one row: the last says all. */
function isRetriedAgain(row: TranscriptRow | undefined, next: TranscriptRow | undefined): boolean {
  if (row?.kind !== "notice" || next?.kind !== "notice" || row.taskId !== next.taskId) return false;
  return row.retry !== undefined && next.retry !== undefined && next.retry.attempt > row.retry.attempt;
}

/** Successful reads from here on; a failed one gets its own line. */
function readsFrom(rows: readonly TranscriptRow[], start: number): ToolRow[] {
  const run: ToolRow[] = [];
  for (let place = start; place < rows.length; place++) {
    const row = rows[place];
    if (row?.kind !== "tool" || !isRead(row) || row.state !== "succeeded") break;
    run.push(row);
  }
  return run;
}

function group(rows: ToolRow[]): ReadsItem {
  const [first] = rows as [ToolRow, ...ToolRow[]];
  const known = groups.get(first);
  if (
    known !== undefined &&
    known.rows.length === rows.length &&
    known.rows.every((row, i) => row === rows[i])
  ) {
    return known;
  }
  const item: ReadsItem = { kind: "reads", key: `reads:${first.key}`, seq: first.seq, rows };
  groups.set(first, item);
  return item;
}

/** @param next what is about to start if nothing is running */
export function transcriptItems(
  rows: readonly TranscriptRow[],
  next: QueuedPrompt | null,
): readonly TranscriptItem[] {
  const items = groupReads(rows);
  // The same key as the turn that it becomes.
  return next === null
    ? items
    : [
        ...items,
        { kind: "waiting", key: `turn:${next.key}`, seq: null, prompt: next.prompt, files: next.files },
      ];
}

/** @returns the index of the item that shows an event, or of the one before it; -1 if there is none. */
export function placeOfEvent(items: readonly TranscriptItem[], { events }: SessionView, seq: number): number {
  const event = events.find((one) => one.seq === seq);
  const key = event === undefined ? null : rowKey(event);
  const shown = items.findIndex(
    (item) => item.key === key || (item.kind === "reads" && item.rows.some((row) => row.key === key)),
  );
  return shown === -1 ? items.findLastIndex((item) => item.seq !== null && item.seq <= seq) : shown;
}

/** @returns keys of what must be open to see an event: its row, and the group that the row is in. */
export function keysOfEvent(items: readonly TranscriptItem[], view: SessionView, seq: number): string[] {
  const item = items[placeOfEvent(items, view, seq)];
  const event = view.events.find((one) => one.seq === seq);
  const key = event === undefined ? null : rowKey(event);
  return [...new Set([item?.key, key])].filter((one) => typeof one === "string");
}

function rowKey(event: SessionEvent): string | null {
  switch (event.type) {
    case "tool.called":
    case "tool.progress":
    case "tool.ended":
      return `tool:${event.data.callId}`;
    case "task.submitted":
    case "task.started":
      return `turn:${event.taskId}`;
    default:
      return null;
  }
}

/**
 * The most recent command stays expanded: its output is what users look for.
 *
 * @returns its key; null if the last call has no output worth showing.
 */
export function lastOpenCall(rows: readonly TranscriptRow[]): string | null {
  const last = rows.findLast((row) => row.kind === "tool");
  return last?.kind === "tool" && callKind(last) === "execute" ? last.key : null;
}
