import { isTaskEnd, type SessionEvent } from "@trunkline/contract";

/** The longest times in a session's log during which nothing happened to a task that somebody should have been at work on, in ms. */
export interface Silences {
  /** Between two events of a task that had started: no more than this it was without a live owner. */
  atWork: number;
  /** Between its turn in the queue and its start: no more than this a doorbell was lost. */
  atTurn: number;
}

/** @param events all that was ever seen of the session: pieces of texts too, which the log drops in time */
export function findSilences(events: readonly SessionEvent[]): Silences {
  const silences: Silences = { atWork: 0, atTurn: 0 };
  const lastEventAt = new Map<string, number>();
  let freeSince = 0;
  for (const event of events.toSorted((a, b) => a.seq - b.seq)) {
    const { taskId, at, type } = event;
    if (taskId === null) continue;
    const before = lastEventAt.get(taskId);
    if (type === "task.submitted") {
      lastEventAt.set(taskId, at);
      continue;
    }
    if (before === undefined) continue;
    const isFirstStart = type === "task.started" && event.data.attempt === 1;
    if (isFirstStart) silences.atTurn = Math.max(silences.atTurn, at - Math.max(before, freeSince));
    else silences.atWork = Math.max(silences.atWork, at - before);
    lastEventAt.set(taskId, at);
    if (isTaskEnd(event)) freeSince = at;
  }
  return silences;
}
