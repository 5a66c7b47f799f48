import { deepStrictEqual, ok, rejects } from "node:assert";
import type { ApprovalDecision } from "@trunkline/contract";
import * as fc from "fast-check";
import {
  command,
  crashAt,
  hasRunning,
  type MachineCommand,
  type Moment,
  momentOfCrash,
  readOpen,
  takeOverCrash,
} from "./machine-crash.ts";
import { assertTask, type MachineModel, type ModelTask, settle, suspendModelTask } from "./machine-model.ts";
import type { MachineUnderTest } from "./machine-under-test.ts";
import { APPROVAL_TIMEOUT_MS } from "./scripted-server.ts";

/** Commands for tasks that wait for somebody. */
export function approvalCommands(): fc.Arbitrary<MachineCommand>[] {
  const pick = fc.nat({ max: 1_000 });
  const calls = fc.integer({ min: 1, max: 2 });
  const decision = fc.constantFrom("allow" as const, "always" as const, "deny" as const);
  const moment = momentOfCrash();
  return [
    fc
      .tuple(pick, calls)
      .map(([r, n]) => command(`${r} asks about ${n}`, hasRunning, (model, real) => ask(model, real, r, n))),
    fc
      .tuple(pick, calls, moment)
      .map(([r, n, at]) =>
        command(`${r} asks about ${n}, crash at ${at}`, hasRunning, (model, real) =>
          askAndCrash(model, real, r, n, at),
        ),
      ),
    fc
      .tuple(pick, decision)
      .map(([w, how]) =>
        command(`answer ${w} (${how})`, hasOpen, (model, real) => answer(model, real, w, how)),
      ),
    fc
      .tuple(pick, decision, moment)
      .map(([w, how, at]) =>
        command(`answer ${w} (${how}), crash at ${at}`, hasOpen, (model, real) =>
          answerAndCrash(model, real, w, how, at),
        ),
      ),
    fc.constant(command("all expire", hasOpen, expire)),
  ];
}

const withOpen = (model: Readonly<MachineModel>): ModelTask[] =>
  model.tasks.filter(({ state, open }) => state === "waiting" && open.length > 0);
const hasOpen = (model: Readonly<MachineModel>): boolean => withOpen(model).length > 0;

function pickOf(tasks: ModelTask[], choice: number): ModelTask {
  const task = tasks[choice % tasks.length];
  ok(task);
  return task;
}

const running = (model: MachineModel): ModelTask[] => model.tasks.filter(({ state }) => state === "running");

async function ask(
  model: MachineModel,
  real: MachineUnderTest,
  choice: number,
  calls: number,
): Promise<void> {
  const task = pickOf(running(model), choice);
  real.runs.byTask.get(task.id)?.ask(calls);
  await real.until(
    `${task.prompt} to wait`,
    async () => (await real.readTask(task.id)).state === "input-required",
  );
  const { items } = await real.answers.list(task.session.owner, { sessionId: task.session.id, limit: 10 });
  deepStrictEqual(items.length, calls);
  suspendModelTask(
    task,
    items.map(({ id }) => id),
  );
  await settle(model, real);
  await assertTask(real, task);
}

/** It waits, or it was interrupted; requests are never stored in part. */
async function askAndCrash(
  model: MachineModel,
  real: MachineUnderTest,
  choice: number,
  calls: number,
  moment: Moment,
): Promise<void> {
  const task = pickOf(running(model), choice);
  const crashed = crashAt(real, moment);
  real.runs.byTask.get(task.id)?.ask(calls);
  await crashed;
  await takeOverCrash(model, real);
  if (task.state === "waiting") deepStrictEqual(task.open.length, calls);
  await settle(model, real);
  await assertTask(real, task);
}

/** Answers the oldest question; repeating the same answer succeeds, a different one is refused. */
export async function answer(
  model: MachineModel,
  real: MachineUnderTest,
  choice: number,
  decision: ApprovalDecision,
): Promise<void> {
  const task = pickOf(withOpen(model), choice);
  const { owner } = task.session;
  const [approvalId] = task.open;
  ok(approvalId);
  const answers = await Promise.all(
    [1, 2].map(async () => real.answers.answer(owner, { approvalId, decision })),
  );
  for (const { state } of answers) deepStrictEqual(state, decision);
  const opposite = decision === "deny" ? "allow" : "deny";
  await rejects(real.answers.answer(owner, { approvalId, decision: opposite }), {
    reason: "approval_closed",
  });
  task.open = task.open.filter((id) => id !== approvalId);
  await settle(model, real);
  await assertTask(real, task);
}

/** The answer was stored or not; if not, it is given again. */
async function answerAndCrash(
  model: MachineModel,
  real: MachineUnderTest,
  choice: number,
  decision: ApprovalDecision,
  moment: Moment,
): Promise<void> {
  const task = pickOf(withOpen(model), choice);
  const [approvalId] = task.open;
  ok(approvalId);
  const answering = () => real.answers.answer(task.session.owner, { approvalId, decision });
  const [first] = await Promise.allSettled([answering(), crashAt(real, moment)]);
  await takeOverCrash(model, real);
  if (first.status === "fulfilled") ok(!(await readOpen(real, task)).includes(approvalId));
  await settle(model, real);
  deepStrictEqual((await answering()).state, decision);
  task.open = task.open.filter((id) => id !== approvalId);
  await settle(model, real);
  await assertTask(real, task);
}

async function expire(model: MachineModel, real: MachineUnderTest): Promise<void> {
  const expired = withOpen(model);
  real.clock.advance(APPROVAL_TIMEOUT_MS);
  for (const task of expired) {
    await real.until(`${task.prompt} to expire`, async () => (await readOpen(real, task)).length === 0);
    for (const approvalId of task.open) {
      await rejects(real.answers.answer(task.session.owner, { approvalId, decision: "allow" }), {
        reason: "approval_closed",
      });
    }
    task.open = [];
  }
  await settle(model, real);
}
