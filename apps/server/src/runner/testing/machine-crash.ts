import type { SessionEvent } from "@trunkline/contract";
import * as fc from "fast-check";
import {
  endModelTask,
  interruptModelTask,
  type MachineModel,
  type ModelTask,
  start,
  suspendModelTask,
} from "./machine-model.ts";
import type { MachineUnderTest } from "./machine-under-test.ts";

export type MachineCommand = fc.AsyncCommand<MachineModel, MachineUnderTest>;
export type Run = (model: MachineModel, real: MachineUnderTest) => Promise<void>;
export type Moment = number | "stored";

/** When the server crashes after a command starts: in turns of the event loop, or once it was stored. */
export function momentOfCrash(): fc.Arbitrary<Moment> {
  return fc.oneof(fc.nat({ max: 4 }), fc.constant("stored" as const));
}

export function command(
  name: string,
  check: (model: Readonly<MachineModel>) => boolean,
  run: Run,
): MachineCommand {
  return { check, run, toString: () => name };
}

export const hasTask = (model: Readonly<MachineModel>): boolean => model.tasks.length > 0;
export const hasRunning = (model: Readonly<MachineModel>): boolean =>
  model.tasks.some(({ state }) => state === "running");

export async function crashAt(real: MachineUnderTest, moment: Moment): Promise<void> {
  if (moment === "stored") await real.nextAppend();
  else for (let turn = 0; turn < moment; turn++) await new Promise(setImmediate);
  await real.crash();
}

/**
 * Updates the model for a crash in the middle of a command: running tasks have ended as they were about to, or are
 * requeued.
 */
export async function takeOverCrash(model: MachineModel, real: MachineUnderTest): Promise<void> {
  const waiting = model.tasks.filter(({ state }) => state === "waiting");
  for (const task of model.tasks.filter(({ state }) => state === "running")) {
    const { state } = await real.readTask(task.id);
    if (state === "completed" || state === "canceled") endModelTask(task, state);
    else if (state === "input-required") suspendModelTask(task, await readOpen(real, task));
    else interruptModelTask(task, true);
  }
  for (const task of waiting) await takeOverWaiting(task, real);
  for (const task of model.tasks.filter(({ state }) => state === "queued")) await takeOverQueued(task, real);
}

/** It may have started just before the crash, which then ended its attempt. */
export async function takeOverQueued(task: ModelTask, real: MachineUnderTest): Promise<void> {
  const events = await readTaskLog(real, task);
  // The crash that is one too many is recorded by the task's failure alone.
  const interruptions = events.filter(
    ({ type }) => type === "task.interrupted" || type === "task.failed",
  ).length;
  while (task.state === "queued" && task.interruptions < interruptions) {
    start(task);
    interruptModelTask(task, true);
  }
}

/** A waiting task may have ended, or resumed and lost its server. */
async function takeOverWaiting(task: ModelTask, real: MachineUnderTest): Promise<void> {
  const { state } = await real.readTask(task.id);
  if (state === "canceled") return endModelTask(task, state);
  task.open = await readOpen(real, task);
  const events = await readTaskLog(real, task);
  const since = events.slice(events.findLastIndex(({ type }) => type === "task.input-required"));
  const resumed = since.findIndex(({ type }) => type === "task.resumed");
  const interrupted = since.findIndex(({ type }) => type === "task.interrupted" || type === "task.failed");
  if (resumed === -1 || interrupted < resumed) return;
  start(task);
  interruptModelTask(task, true);
}

/** @returns ids of the open requests according to the task's log. */
export async function readOpen(real: MachineUnderTest, task: ModelTask): Promise<string[]> {
  const open = new Set<string>();
  for (const { type, data } of await readTaskLog(real, task)) {
    if (type === "approval.requested") open.add(data.approvalId);
    if (type === "approval.answered" || type === "approval.expired") open.delete(data.approvalId);
  }
  return [...open];
}

async function readTaskLog(real: MachineUnderTest, task: ModelTask): Promise<SessionEvent[]> {
  return (await real.readLog(task.session.id)).filter(({ taskId }) => taskId === task.id);
}
