import type { SessionEvent } from "../event.ts";
import { blockEndedBy, blockOfPiece } from "./block.ts";
import { fold } from "./session-view-fold.ts";
import { keepIdentities } from "./session-view-identity.ts";
import { emptySessionView, type SessionView } from "./session-view-state.ts";

/**
 * A session as shown to a reader: a pure projection of the events loaded so far. The same events give the same view,
 * however they were batched, paged or repeated. Whatever an event does not touch keeps its identity, so a screen
 * re-renders only the rows that changed.
 */
export { emptySessionView, type SessionView } from "./session-view-state.ts";
export type {
  ApprovalRow,
  AttemptRow,
  BlockRow,
  EndRow,
  FilesRow,
  NoticeRow,
  QuestionRow,
  RefusalRow,
  SetupRow,
  SteerRow,
  SubagentRow,
  ToolRow,
  TranscriptRow,
  TurnRow,
} from "./session-view-row.ts";
export type { TaskView } from "./session-view-task.ts";

/**
 * @param events of one session, in any order: the next ones of its stream, or an older page of its log that ends where
 * the view begins. Known ones are ignored.
 * @returns the new view; the same object if nothing was new.
 */
export function applyEvents(view: SessionView, events: readonly SessionEvent[]): SessionView {
  const fresh = newOnes(view, events);
  const first = fresh[0];
  if (first === undefined) return view;
  if (first.seq > view.lastSeq) return fold(view, fresh);
  const all = [...view.events, ...fresh].toSorted((a, b) => a.seq - b.seq);
  return keepIdentities(view, fold(emptySessionView(), all));
}

/** Sorted by seq, without duplicates or known events. */
function newOnes(view: SessionView, events: readonly SessionEvent[]): SessionEvent[] {
  const sorted = events.toSorted((a, b) => a.seq - b.seq);
  return sorted.filter((event, index) => event.seq !== sorted[index - 1]?.seq && !knows(view, event));
}

function knows({ events, lastSeq }: SessionView, event: SessionEvent): boolean {
  if (event.seq > lastSeq) return false;
  if (hasSeq(events, event.seq)) return true;
  const blockId = blockOfPiece(event);
  if (blockId === null) return false;
  // A piece that was dropped when its block ended, arriving again.
  return events.some((known) => known.seq > event.seq && blockEndedBy(known) === blockId);
}

function hasSeq(events: readonly SessionEvent[], seq: number): boolean {
  let low = 0;
  let high = events.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = events[middle]?.seq ?? 0;
    if (found === seq) return true;
    if (found < seq) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
