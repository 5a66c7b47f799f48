import { type Effort, totalTokens, type Usage } from "@trunkline/contract";
import type { ShownFile } from "../attachments/prompt-files.tsx";
import { DEFAULT_AGENT } from "../agents/agent-name.ts";
import type { SessionView, TaskView } from "@trunkline/contract/session-view";
import { type Status, statusOfSession, statusOfTask } from "../sessions/status.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import type { SessionState } from "../session-stream/session-state.ts";

/** What the screen needs to know about a session, derived from its events and its state when opened. */

/** The session's active task. */
export function activeTask({ tasks }: Pick<SessionView, "tasks">): TaskView | null {
  return tasks.findLast(({ state }) => state === "working" || state === "input-required") ?? null;
}

export interface QueuedPrompt {
  key: string;
  /** Null while it is being sent. */
  taskId: string | null;
  prompt: string;
  files: readonly ShownFile[];
  /** It is a message for the running task. */
  isSteer: boolean;
}

/**
 * Everything that has not started, in order: queued on the server, or being sent.
 *
 * @param told tasks as the log tells of them
 */
export function waitingPrompts({
  told,
  tasks,
  outgoing,
}: Pick<SessionState, "tasks" | "outgoing"> & { told: readonly TaskView[] }): QueuedPrompt[] {
  const isTold = new Set(told.map(({ id }) => id));
  const untold = tasks
    .filter(({ id, state, attempt }) => state === "submitted" && attempt === 0 && !isTold.has(id))
    .toSorted((a, b) => a.pos - b.pos)
    .map(({ id, prompt, steers }) => ({
      key: id,
      taskId: id,
      prompt,
      files: [],
      isSteer: steers !== undefined,
    }));
  const known = new Map(tasks.map(({ id, prompt }) => [id, prompt]));
  const queued = told
    .filter(({ state, attempt }) => state === "submitted" && attempt === 0)
    .map(({ id, prompt, attachments, steers }) => ({
      key: id,
      taskId: id,
      files: attachments,
      prompt: prompt ?? known.get(id) ?? "",
      isSteer: steers !== null,
    }));
  const leaving = outgoing.map(({ idempotencyKey, taskId, prompt, how, files }) => ({
    key: taskId ?? idempotencyKey,
    taskId,
    prompt,
    files,
    isSteer: how === "steer",
  }));
  const all = [...untold, ...queued, ...leaving];
  // As the server will order them.
  return [...all.filter(({ isSteer }) => isSteer), ...all.filter(({ isSteer }) => !isSteer)];
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

/** What the last call of the model took of its context; null: none is known. */
export const contextOf = ({ view }: Pick<SessionState, "view">): Usage | null =>
  view.stepEnded?.data.usage ?? null;

/** The model in use, or used last. */
export function currentModel({
  view,
  session,
  tasks,
}: Pick<SessionState, "view" | "session" | "tasks">): string | null {
  return view.stepStarted?.data.model ?? view.model ?? session?.model ?? tasks[0]?.model ?? null;
}

/** The model that the session's tasks are to use; null: the server's default. */
export function chosenModel({ view, session }: Pick<SessionState, "view" | "session">): string | null {
  return view.changed.model === undefined ? (session?.model ?? null) : view.changed.model;
}

/** The effort that they are to use; null: the model's own default. */
export function chosenEffort({ view, session }: Pick<SessionState, "view" | "session">): Effort | null {
  return view.changed.effort === undefined ? (session?.effort ?? null) : view.changed.effort;
}

/** The effort that the last model call was asked for. */
export const currentEffort = ({ view }: Pick<SessionState, "view">): Effort | null =>
  view.stepStarted?.data.effort ?? null;

/** Who runs the session's tasks. */
export function currentAgent({ view, session }: Pick<SessionState, "view" | "session">): string {
  return view.agent ?? session?.agent ?? DEFAULT_AGENT;
}

export function sessionTitle({ view, session }: Pick<SessionState, "view" | "session">): string | null {
  const title = view.title ?? session?.title ?? null;
  return title === null ? null : revealHidden(title);
}
