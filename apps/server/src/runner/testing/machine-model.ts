import { deepStrictEqual, ok } from "node:assert";
import {
  MAX_TASK_ATTEMPTS,
  type Principal,
  type TaskState,
  type TerminalTaskState,
} from "@trunkline/contract";
import { CONCURRENCY, type MachineUnderTest } from "./machine-under-test.ts";

/** The expected state: each session has a queue and at most one task that runs or waits. */
export interface MachineModel {
  sessions: ModelSession[];
  tasks: ModelTask[];
}

export interface ModelSession {
  id: string;
  owner: Principal;
  /** In the order in which they should run. */
  queue: ModelTask[];
  running: ModelTask | null;
  /** Occupies the session until it has its answers, and then until it has a slot. */
  waiting: ModelTask | null;
}

export interface ModelTask {
  id: string;
  session: ModelSession;
  prompt: string;
  state: "queued" | "running" | "waiting" | TerminalTaskState;
  /** The task that it is a message for, while it is queued. */
  steers: ModelTask | null;
  /** Open approvals, while it waits. */
  open: string[];
  attempt: number;
  crashes: number;
  /** Attempts ended by a crash or restart. */
  interruptions: number;
}

export function newModelTask(
  model: MachineModel,
  session: ModelSession,
  id: string,
  prompt: string,
): ModelTask {
  const task: ModelTask = {
    id,
    session,
    prompt,
    state: "queued",
    steers: null,
    open: [],
    attempt: 0,
    crashes: 0,
    interruptions: 0,
  };
  model.tasks.push(task);
  return task;
}

export function endModelTask(task: ModelTask, state: TerminalTaskState): void {
  task.state = state;
  const { session } = task;
  session.queue = session.queue.filter((queued) => queued !== task);
  if (session.running === task) session.running = null;
  if (session.waiting === task) session.waiting = null;
}

/** What a message sent now is for, this one excepted. */
export function steerable(session: ModelSession, except?: ModelTask): ModelTask | null {
  return activeTask(session) ?? (session.queue[0] === except ? null : (session.queue[0] ?? null));
}

/** Behind its target and earlier messages for it. */
export function placeSteer(task: ModelTask, target: ModelTask): void {
  const { session } = task;
  const others = session.queue.filter((queued) => queued !== task);
  const earlier = others.findLastIndex(({ steers }) => steers === target);
  others.splice((earlier === -1 ? others.indexOf(target) : earlier) + 1, 0, task);
  session.queue = others;
  task.steers = target;
}

/** It releases its slot until these are answered. */
export function suspendModelTask(task: ModelTask, open: string[]): void {
  task.state = "waiting";
  task.open = open;
  task.session.running = null;
  task.session.waiting = task;
}

/** Back to the head of its queue; or failed, if too many crashes happened. */
export function interruptModelTask(task: ModelTask, crashed: boolean): void {
  const { session } = task;
  session.running = null;
  if (crashed) task.crashes += 1;
  task.interruptions += 1;
  if (task.crashes >= MAX_TASK_ATTEMPTS) return endModelTask(task, "failed");
  task.state = "queued";
  session.queue.unshift(task);
}

export const activeTask = ({ running, waiting }: ModelSession): ModelTask | null => running ?? waiting;

export const isBusy = (session: ModelSession): boolean =>
  activeTask(session) !== null || session.queue.length > 0;

export const isEnded = ({ state }: ModelTask): boolean =>
  state !== "queued" && state !== "running" && state !== "waiting";

/** Whether the session takes a slot as soon as one is free. */
const wantsSlot = ({ queue, running, waiting }: ModelSession): boolean =>
  running !== null || (waiting === null ? queue.length > 0 : waiting.open.length === 0);

/**
 * Waits until all slots are used, and adopts the machine's choice of tasks: any session may be next, but only the head
 * of its queue, and nothing may have stopped by itself.
 */
export async function settle(model: MachineModel, real: MachineUnderTest): Promise<void> {
  const wanted = Math.min(CONCURRENCY, model.sessions.filter(wantsSlot).length);
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

export function start(task: ModelTask): void {
  const { session } = task;
  deepStrictEqual(session.running, null, `${task.prompt} has started while another task runs`);
  if (session.waiting !== null) {
    ok(session.waiting === task, `${task.prompt} has started while ${session.waiting.prompt} waits`);
    deepStrictEqual(task.open, [], `${task.prompt} goes on without its answers`);
    session.waiting = null;
    session.queue.unshift(task);
  }
  ok(session.queue[0] === task, `${task.prompt} has started before ${session.queue[0]?.prompt}`);
  session.queue.shift();
  session.running = task;
  task.state = "running";
  task.steers = null;
  task.attempt += 1;
}

/** The rows agree with the model. */
export async function assertTask(real: MachineUnderTest, task: ModelTask): Promise<void> {
  const { state, attempt } = await real.readTask(task.id);
  const shown: Partial<Record<ModelTask["state"], TaskState>> = {
    queued: "submitted",
    running: "working",
    waiting: "input-required",
  };
  deepStrictEqual(
    { state, attempt },
    {
      state: shown[task.state] ?? task.state,
      attempt: task.attempt,
    },
  );
}
