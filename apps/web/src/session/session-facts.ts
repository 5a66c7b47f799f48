import { totalTokens } from "@trunkline/contract";
import type { SessionView, TaskView } from "@trunkline/contract/session-view";
import { type Status, statusOfSession, statusOfTask } from "../sessions/status.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import type { SessionState } from "../session-stream/session-state.ts";

/** What the screen needs to know about a session, derived from its events and its state when opened. */

/** The session's active task. */
export function activeTask({ tasks }: SessionView): TaskView | null {
  return tasks.findLast(({ state }) => state === "working" || state === "input-required") ?? null;
}

export interface QueuedPrompt {
  key: string;
  /** Null while it is being sent. */
  taskId: string | null;
  prompt: string;
}

/** Everything that has not started, in order: queued on the server, or being sent. */
export function waitingPrompts({
  view,
  tasks,
  outgoing,
}: Pick<SessionState, "view" | "tasks" | "outgoing">): QueuedPrompt[] {
  const told = new Set(view.tasks.map(({ id }) => id));
  const untold = tasks
    .filter(({ id, state, attempt }) => state === "submitted" && attempt === 0 && !told.has(id))
    .toSorted((a, b) => a.pos - b.pos)
    .map(({ id, prompt }) => ({ key: id, taskId: id, prompt }));
  const known = new Map(tasks.map(({ id, prompt }) => [id, prompt]));
  const queued = view.tasks
    .filter(({ state, attempt }) => state === "submitted" && attempt === 0)
    .map(({ id, prompt }) => ({ key: id, taskId: id, prompt: prompt ?? known.get(id) ?? "" }));
  const leaving = outgoing.map(({ idempotencyKey, taskId, prompt }) => ({
    key: taskId ?? idempotencyKey,
    taskId,
    prompt,
  }));
  return [...untold, ...queued, ...leaving];
}

/** The session's current status. */
export function sessionStatus(state: Pick<SessionState, "view" | "session" | "tasks" | "outgoing">): Status {
  const active = activeTask(state.view);
  if (active !== null) return statusOfTask(active.state);
  const isQueued = state.view.tasks.some((task) => task.state === "submitted");
  if (isQueued || state.outgoing.length > 0) return "queued";
  const [first, ...rest] = state.view.tasks;
  if (first !== undefined) {
    const ended = rest.reduce(
      (latest, task) => ((task.endedAt ?? 0) >= (latest.endedAt ?? 0) ? task : latest),
      first,
    );
    return statusOfTask(ended.state);
  }
  return state.session === null ? "new" : statusOfSession(state.session);
}

/** Tokens of all known tasks; a fork excludes those of its parent. */
export function sessionTokens({ view, tasks }: Pick<SessionState, "view" | "tasks">): number {
  const spent = new Map<string, number>();
  for (const { id, usage } of tasks) if (usage !== null) spent.set(id, totalTokens(usage));
  // If only the end of a task was loaded, the server's figure is the larger one.
  for (const { id, usage, isParents } of view.tasks) {
    if (!isParents) spent.set(id, Math.max(spent.get(id) ?? 0, totalTokens(usage)));
  }
  return [...spent.values()].reduce((sum, tokens) => sum + tokens, 0);
}

/** The model in use, or used last. */
export function currentModel({
  view,
  session,
  tasks,
}: Pick<SessionState, "view" | "session" | "tasks">): string | null {
  const step = view.events.findLast((event) => event.type === "step.started");
  if (step?.type === "step.started") return step.data.model;
  return view.model ?? session?.model ?? tasks[0]?.model ?? null;
}

export function sessionTitle({ view, session }: Pick<SessionState, "view" | "session">): string | null {
  const title = view.title ?? session?.title ?? null;
  return title === null ? null : revealHidden(title);
}
