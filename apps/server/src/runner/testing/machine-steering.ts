import { deepStrictEqual, ok, rejects } from "node:assert";
import * as fc from "fast-check";
import {
  command,
  crashAt,
  hasRunning,
  hasTask,
  type MachineCommand,
  type Moment,
  momentOfCrash,
  takeOverCrash,
} from "./machine-crash.ts";
import {
  assertTask,
  endModelTask,
  type MachineModel,
  type ModelTask,
  placeSteer,
  settle,
  steerable,
} from "./machine-model.ts";
import type { MachineUnderTest } from "./machine-under-test.ts";

/** Commands for messages to running tasks; those are sent by `submit`, too. */
export function steeringCommands(): fc.Arbitrary<MachineCommand>[] {
  const pick = fc.nat({ max: 1_000 });
  return [
    pick.map((t) => command(`steer with ${t}`, hasTask, (model, real) => steer(model, real, t))),
    pick.map((r) => command(`${r} hears`, hasRunning, (model, real) => hear(model, real, r))),
    fc
      .tuple(pick, momentOfCrash())
      .map(([r, at]) =>
        command(`${r} hears, crash at ${at}`, hasRunning, (model, real) => hearAndCrash(model, real, r, at)),
      ),
    fc
      .tuple(pick, pick)
      .map(([r, t]) =>
        command(`${r} hears as ${t} is edited and canceled`, hasRunning, (model, real) =>
          hearAndWithdraw(model, real, r, t),
        ),
      ),
  ];
}

async function steer(model: MachineModel, real: MachineUnderTest, choice: number): Promise<void> {
  const task = model.tasks[choice % model.tasks.length];
  ok(task);
  const steered = real.tasks.steer(task.session.owner, { taskId: task.id });
  if (task.state !== "queued" || task.attempt > 0) {
    await rejects(steered, { reason: "task_not_queued" });
    return;
  }
  await steered;
  const target = steerable(task.session, task);
  if (target !== null && task.steers !== target) placeSteer(task, target);
  await settle(model, real);
}

function runningAt(model: MachineModel, choice: number): ModelTask {
  const running = model.tasks.filter(({ state }) => state === "running");
  const task = running[choice % running.length];
  ok(task);
  return task;
}

const messagesFor = (task: ModelTask): ModelTask[] =>
  task.session.queue.filter(({ steers }) => steers === task);

async function take(task: ModelTask, real: MachineUnderTest): Promise<string[]> {
  const steering = real.runs.byTask.get(task.id)?.input.steering;
  ok(steering, `${task.prompt} does not run`);
  const events = await steering.take();
  return events.flatMap((event) => (event.type === "task.steered" ? [event.data.prompt] : []));
}

async function hear(model: MachineModel, real: MachineUnderTest, choice: number): Promise<void> {
  const task = runningAt(model, choice);
  const messages = messagesFor(task);
  deepStrictEqual(
    await take(task, real),
    messages.map(({ prompt }) => prompt),
  );
  for (const message of messages) {
    endModelTask(message, "canceled");
    await assertTask(real, message);
  }
  await settle(model, real);
}

/** Each was handed over, or is in the queue. */
async function hearAndCrash(
  model: MachineModel,
  real: MachineUnderTest,
  choice: number,
  moment: Moment,
): Promise<void> {
  const task = runningAt(model, choice);
  const messages = messagesFor(task);
  // With nothing to hear nothing is stored that the crash could wait for.
  const at = messages.length === 0 && moment === "stored" ? 0 : moment;
  await Promise.allSettled([take(task, real), crashAt(real, at)]);
  for (const message of messages) {
    if ((await real.readTask(message.id)).state === "canceled") endModelTask(message, "canceled");
  }
  await takeOverCrash(model, real);
  await settle(model, real);
}

/** What is handed over is as it was edited; what is withdrawn in time is not handed over. */
async function hearAndWithdraw(
  model: MachineModel,
  real: MachineUnderTest,
  choice: number,
  withdrawn: number,
): Promise<void> {
  const task = runningAt(model, choice);
  const messages = messagesFor(task);
  const other = messages[withdrawn % Math.max(1, messages.length)];
  if (other === undefined) return;
  const { owner } = task.session;
  const prompt = `${other.prompt}, edited`;
  const [heard, edited] = await Promise.all([
    take(task, real),
    real.tasks.edit(owner, { taskId: other.id, prompt }).then(
      () => true,
      () => false,
    ),
    real.tasks.cancel(owner, { taskId: other.id }),
  ]);
  const isHeard = heard.includes(other.prompt) || heard.includes(prompt);
  if (edited) other.prompt = prompt;
  deepStrictEqual(
    heard,
    messages.filter((message) => message !== other || isHeard).map((message) => message.prompt),
  );
  for (const message of messages) {
    endModelTask(message, "canceled");
    await assertTask(real, message);
  }
  await settle(model, real);
}
