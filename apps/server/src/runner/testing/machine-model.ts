import { deepStrictEqual, ok } from "node:assert";
import { MAX_TASK_ATTEMPTS, type Principal, type TerminalTaskState } from "@trunkline/contract";
import { CONCURRENCY, type MachineUnderTest } from "./machine-under-test.ts";

/** What the task machine must be: for each session a queue, and one task at most that runs. */
export interface MachineModel {
  sessions: ModelSession[];
  tasks: ModelTask[];
}

export interface ModelSession {
  id: string;
  owner: Principal;
  /** In the order in which they are to run. */
  queue: ModelTask[];
  running: ModelTask | null;
}

export interface ModelTask {
  id: string;
  session: ModelSession;
  prompt: string;
  state: "queued" | "running" | TerminalTaskState;
  attempt: number;
  crashes: number;
}

export function newModelTask(
  model: MachineModel,
  session: ModelSession,
  id: string,
  prompt: string,
): ModelTask {
  const task: ModelTask = { id, session, prompt, state: "queued", attempt: 0, crashes: 0 };
  model.tasks.push(task);
  return task;
}

export function endModelTask(task: ModelTask, state: TerminalTaskState): void {
  task.state = state;
  const { session } = task;
  session.queue = session.queue.filter((queued) => queued !== task);
  if (session.running === task) session.running = null;
}

/** Back to the head of its queue; or failed, where the server died under it too often. */
export function interruptModelTask(task: ModelTask, crashed: boolean): void {
  const { session } = task;
  session.running = null;
  if (crashed) task.crashes += 1;
  if (task.crashes >= MAX_TASK_ATTEMPTS) return endModelTask(task, "failed");
  task.state = "queued";
  session.queue.unshift(task);
}

export const isBusy = ({ queue, running }: ModelSession): boolean => running !== null || queue.length > 0;

export const isEnded = ({ state }: ModelTask): boolean => state !== "queued" && state !== "running";

/**
 * Waits until as many tasks run as may, and takes over from the machine which they are: any session may be next, but
 * within a session only the head of its queue, and nothing may have stopped by itself.
 */
export async function settle(model: MachineModel, real: MachineUnderTest): Promise<void> {
  const wanted = Math.min(CONCURRENCY, model.sessions.filter(isBusy).length);
  await real.until(`${wanted} tasks to run`, () => real.runs.byTask.size === wanted);
  for (const session of model.sessions) {
    if (session.running !== null)
      ok(real.runs.byTask.has(session.running.id), `${session.running.prompt} has stopped`);
  }
  for (const taskId of real.runs.byTask.keys()) {
    const task = model.tasks.find(({ id }) => id === taskId);
    ok(task, `task ${taskId} runs, and nobody has submitted it`);
    if (task.state !== "running") start(task);
  }
}

function start(task: ModelTask): void {
  const { session } = task;
  deepStrictEqual(session.running, null, `${task.prompt} has started while another task runs`);
  ok(session.queue[0] === task, `${task.prompt} has started before ${session.queue[0]?.prompt}`);
  session.queue.shift();
  session.running = task;
  task.state = "running";
  task.attempt += 1;
}

/** The rows say what the model says. */
export async function assertTask(real: MachineUnderTest, task: ModelTask): Promise<void> {
  const { state, attempt } = await real.readTask(task.id);
  const shown = { queued: "submitted", running: "working" } as const;
  deepStrictEqual(
    { state, attempt },
    {
      state: task.state === "queued" || task.state === "running" ? shown[task.state] : task.state,
      attempt: task.attempt,
    },
  );
}
