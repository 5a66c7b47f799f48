/** Maps times to a line from 0 to 1. */
export type TimeScale = (at: number) => number;

/** Largest share of the line for an idle gap. */
const MAX_GAP = 0.06;

interface Stretch {
  startAt: number;
  endAt: number;
}

/**
 * True proportions for activity, with idle gaps shortened: an answer after an hour must not reduce the work to a dot.
 *
 * @param spans in any order; times in ms.
 */
export function timeScale(spans: readonly Stretch[]): TimeScale {
  const busy = merged(spans);
  const worked = busy.reduce((sum, { startAt, endAt }) => sum + endAt - startAt, 0);
  const limit = Math.max(1, worked * MAX_GAP);
  /** Real and shown time at the start of each section. */
  const marks: { at: number; shown: number }[] = [];
  let shown = 0;
  let last: number | null = null;
  for (const { startAt, endAt } of busy) {
    if (last !== null) shown += Math.min(startAt - last, limit);
    marks.push({ at: startAt, shown });
    shown += endAt - startAt;
    marks.push({ at: endAt, shown });
    last = endAt;
  }
  const total = Math.max(1, shown);
  return (at) => between(marks, at) / total;
}

function merged(spans: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const { startAt, endAt } of spans.toSorted((a, b) => a.startAt - b.startAt)) {
    const open = result.at(-1);
    if (open !== undefined && startAt <= open.endAt) open.endAt = Math.max(open.endAt, endAt);
    else result.push({ startAt, endAt: Math.max(startAt, endAt) });
  }
  return result;
}

function between(marks: readonly { at: number; shown: number }[], at: number): number {
  const next = marks.findIndex((mark) => mark.at >= at);
  if (next === -1) return marks.at(-1)?.shown ?? 0;
  const to = marks[next];
  const from = marks[next - 1];
  if (to === undefined || from === undefined) return 0;
  const part = to.at === from.at ? 1 : (at - from.at) / (to.at - from.at);
  return from.shown + part * (to.shown - from.shown);
}
