import type { SessionEvent } from "../event.ts";
import { blockEndedBy, blockOfPiece } from "./block.ts";
import { emptySessionView, type SessionView } from "./session-view-state.ts";
import { applyToTask, newTaskView, type TaskView } from "./session-view-task.ts";
import { Transcript } from "./session-view-transcript.ts";

/**
 * Applies new events to a view.
 *
 * @param events sorted by seq, all after the view's last.
 * @returns the new view; what did not change is shared with the old one.
 */
export function fold(view: SessionView, events: readonly SessionEvent[]): SessionView {
  const transcript = new Transcript(view.rows);
  let tasks = view.tasks;
  let { title, model, agent, effort, archived, changed, stepStarted, stepEnded } = view;
  for (const event of events) {
    const task = taskOf(tasks, event);
    transcript.apply(event, task);
    if (event.taskId !== null) tasks = withTask(tasks, applyToTask(task, event));
    if (event.type === "task.updated" && event.data.beforeTaskId !== undefined) {
      tasks = moveBefore(tasks, event.taskId, event.data.beforeTaskId);
    } else if (
      (event.type === "task.updated" || event.type === "task.submitted") &&
      event.data.steers !== undefined
    ) {
      tasks = moveBehind(tasks, event.taskId, event.data.steers);
    } else if (event.type === "session.created") ({ title, model, agent = null, effort = null } = event.data);
    else if (event.type === "session.forked") {
      // The parent's metadata does not apply to the fork.
      ({ title, model, agent, effort, archived, changed } = emptySessionView());
      tasks = tasks.map((inherited) => ({ ...inherited, isParents: true }));
    } else if (event.type === "session.updated") {
      title = event.data.title ?? title;
      model = event.data.model === undefined ? model : event.data.model;
      agent = event.data.agent ?? agent;
      effort = event.data.effort === undefined ? effort : event.data.effort;
      archived = event.data.archived ?? archived;
      if (event.data.model !== undefined) changed = { ...changed, model };
      if (event.data.effort !== undefined) changed = { ...changed, effort };
    } else if (event.type === "step.started") stepStarted = event;
    else if (event.type === "step.ended") stepEnded = event;
  }
  return {
    events: withoutEndedPieces([...view.events, ...events], events),
    lastSeq: events.at(-1)?.seq ?? view.lastSeq,
    rows: transcript.toArray(),
    tasks,
    title,
    model,
    agent,
    effort,
    archived,
    changed,
    stepStarted,
    stepEnded,
  };
}

/** Only queued tasks get these events. */
const OF_QUEUED_TASKS = new Set<SessionEvent["type"]>(["task.submitted", "task.updated", "task.started"]);

/** The task before the event. The first event read of a task may be from the middle of its work. */
function taskOf(tasks: readonly TaskView[], event: SessionEvent): TaskView {
  const known = tasks.findLast(({ id }) => id === event.taskId);
  return known ?? newTaskView(event.taskId ?? "", OF_QUEUED_TASKS.has(event.type) ? "submitted" : "working");
}

function withTask(tasks: readonly TaskView[], task: TaskView): readonly TaskView[] {
  const place = tasks.findLastIndex(({ id }) => id === task.id);
  if (place === -1) return [...tasks, task];
  return tasks[place] === task ? tasks : tasks.with(place, task);
}

function moveBefore(
  tasks: readonly TaskView[],
  taskId: string | null,
  beforeTaskId: string | null,
): readonly TaskView[] {
  const moving = tasks.filter(({ id }) => id === taskId);
  const others = tasks.filter(({ id }) => id !== taskId);
  const place = others.findIndex(({ id }) => id === beforeTaskId);
  return others.toSpliced(place === -1 ? others.length : place, 0, ...moving);
}

/** Behind the task that it is a message for, and earlier messages for that one; before everything else that is queued. */
function moveBehind(
  tasks: readonly TaskView[],
  taskId: string | null,
  targetId: string,
): readonly TaskView[] {
  const others = tasks.filter(({ id }) => id !== taskId);
  const target = others.findIndex(({ id }) => id === targetId);
  const next = others.find(
    ({ state, steers }, index) => index > target && state === "submitted" && steers !== targetId,
  );
  return moveBefore(tasks, taskId, next?.id ?? null);
}

/** The event that ends a block or call holds the whole, and its pieces leave the log. */
function withoutEndedPieces(
  log: readonly SessionEvent[],
  latest: readonly SessionEvent[],
): readonly SessionEvent[] {
  const ended = new Set(latest.flatMap((event) => blockEndedBy(event) ?? []));
  return ended.size === 0 ? log : log.filter((event) => !ended.has(blockOfPiece(event) ?? ""));
}
