import { isTaskEnd, type SessionEvent } from "@trunkline/contract";

/** The longest gaps in a session's log for a task that somebody should have been working on, in ms. */
export interface Silences {
  /** Between two events of a started task: an upper bound of its time without a live owner. */
  atWork: number;
  /** Between its turn in the queue and its start: an upper bound of the delay by a lost doorbell. */
  atTurn: number;
}

/** @param events everything ever seen of the session, including pieces that the log has dropped */
export function findSilences(events: readonly SessionEvent[]): Silences {
  const silences: Silences = { atWork: 0, atTurn: 0 };
  const lastEventAt = new Map<string, number>();
  const waiting = new Set<string>();
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
    // Until the last of its subagents has ended there is nothing for it to do.
    if (waiting.has(taskId)) {
      if (type !== "subagent.ended") waiting.delete(taskId);
    } else if (isFirstStart) silences.atTurn = Math.max(silences.atTurn, at - Math.max(before, freeSince));
    else silences.atWork = Math.max(silences.atWork, at - before);
    lastEventAt.set(taskId, at);
    if (type === "task.input-required") waiting.add(taskId);
    if (isTaskEnd(event)) freeSince = at;
  }
  return silences;
}
