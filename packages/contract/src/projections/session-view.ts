import type { SessionEvent } from "../event.ts";
import { blockEndedBy, blockOfPiece } from "./block.ts";
import { fold } from "./session-view-fold.ts";
import { keepIdentities } from "./session-view-identity.ts";
import { emptySessionView, type SessionView } from "./session-view-state.ts";

/**
 * A session as a reader sees it, as a pure projection of the events read so far. Whichever batches and pages they
 * came in, and however often, the same events give the same view; what an event does not touch keeps its identity, so
 * a screen re-renders the rows that changed and no others.
 */
export { emptySessionView, type SessionView } from "./session-view-state.ts";
export type {
  ApprovalRow,
  AttemptRow,
  BlockRow,
  EndRow,
  NoticeRow,
  QuestionRow,
  ToolRow,
  TranscriptRow,
  TurnRow,
} from "./session-view-row.ts";
export type { TaskView } from "./session-view-task.ts";

/**
 * @param events of one session, in any order: the next ones of its stream, or an older page of its log, which has to
 * end where the view begins. Those that the view has already are ignored.
 * @returns the view with them; the same object where there was nothing new.
 */
export function applyEvents(view: SessionView, events: readonly SessionEvent[]): SessionView {
  const fresh = newOnes(view, events);
  const first = fresh[0];
  if (first === undefined) return view;
  if (first.seq > view.lastSeq) return fold(view, fresh);
  const all = [...view.events, ...fresh].toSorted((a, b) => a.seq - b.seq);
  return keepIdentities(view, fold(emptySessionView(), all));
}

/** Sorted by seq, each once, and none that the view knows. */
function newOnes(view: SessionView, events: readonly SessionEvent[]): SessionEvent[] {
  const sorted = events.toSorted((a, b) => a.seq - b.seq);
  return sorted.filter((event, index) => event.seq !== sorted[index - 1]?.seq && !knows(view, event));
}

function knows({ events, lastSeq }: SessionView, event: SessionEvent): boolean {
  if (event.seq > lastSeq) return false;
  if (hasSeq(events, event.seq)) return true;
  const blockId = blockOfPiece(event);
  if (blockId === null) return false;
  // A piece that was dropped when its block ended, and comes again.
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
