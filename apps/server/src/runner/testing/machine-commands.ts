import { deepStrictEqual, ok, rejects } from "node:assert";
import { isTerminalTaskState, type SubmitTaskInput, type Task } from "@trunkline/contract";
import * as fc from "fast-check";
import { Follower } from "../../log/testing/follower.ts";
import {
  activeTask,
  assertTask,
  endModelTask,
  interruptModelTask,
  isBusy,
  isEnded,
  type MachineModel,
  type ModelSession,
  type ModelTask,
  newModelTask,
  placeSteer,
  settle,
  steerable,
} from "./machine-model.ts";
import type { MachineUnderTest } from "./machine-under-test.ts";
import { approvalCommands } from "./machine-approvals.ts";
import {
  type MachineCommand,
  command,
  crashAt,
  hasRunning,
  hasTask,
  type Moment,
  momentOfCrash,
  takeOverCrash,
  takeOverQueued,
} from "./machine-crash.ts";
import { steeringCommands } from "./machine-steering.ts";
import { alice, bob } from "./scripted-server.ts";

/** Commands for tasks, in any order. Numbers select one of the existing sessions or tasks. */
export function machineCommands(): fc.Arbitrary<MachineCommand>[] {
  const pick = fc.nat({ max: 1_000 });
  const moment = momentOfCrash();
  const whenBusy = fc.constantFrom(
    "enqueue" as const,
    "enqueue" as const,
    "interrupt" as const,
    "reject" as const,
    "steer" as const,
  );
  const onTask = (
    name: string,
    run: (task: ModelTask, real: MachineUnderTest, model: MachineModel) => Promise<void>,
  ) =>
    pick.map((t) =>
      command(`${name} ${t}`, hasTask, async (model, real) => {
        const task = model.tasks[t % model.tasks.length];
        ok(task);
        await run(task, real, model);
        if (task.state !== "queued") await settle(model, real);
        await assertTask(real, task);
      }),
    );
  const onRunning = (name: string, run: (task: ModelTask, real: MachineUnderTest) => Promise<void>) =>
    pick.map((r) =>
      command(`${name} ${r}`, hasRunning, async (model, real) => {
        const running = model.tasks.filter(({ state }) => state === "running");
        const task = running[r % running.length];
        ok(task);
        await run(task, real);
      }),
    );

  return [
    pick.map((n) =>
      command(`submit to a new session`, hasFewSessions, (model, real) => submitToNew(model, real, n)),
    ),
    fc
      .tuple(pick, whenBusy)
      .map(([s, when]) =>
        command(`submit to ${s} (${when})`, hasTask, (model, real) => submit(model, real, s, when)),
      ),
    fc
      .tuple(pick, whenBusy, moment)
      .map(([s, when, at]) =>
        command(`submit to ${s} (${when}), crash at ${at}`, hasTask, (model, real) =>
          submitAndCrash(model, real, s, when, at),
        ),
      ),
    pick.map((s) => command(`submit twice to ${s}`, hasTask, (model, real) => submitTwice(model, real, s))),
    onTask("cancel", cancel),
    fc
      .tuple(pick, pick)
      .map(([t, r]) =>
        command(`cancel ${t} as ${r} completes`, hasRunning, (model, real) =>
          cancelAndComplete(model, real, t, r),
        ),
      ),
    onTask("edit", edit),
    fc
      .tuple(pick, fc.option(pick))
      .map(([t, b]) => command(`move ${t} before ${b}`, hasTask, (model, real) => move(model, real, t, b))),
    onTask("retry", retry),
    onRunning("progress", progress),
    onRunning("progress and complete", async (task, real) => {
      await progress(task, real);
      await finish(task, real, "completed");
    }).map(settled),
    onRunning("complete", async (task, real) => finish(task, real, "completed")).map(settled),
    onRunning("fail", async (task, real) => finish(task, real, "failed")).map(settled),
    pick.map((s) => command(`follow ${s}`, hasTask, async (model, real) => follow(model, real, s))),
    ...approvalCommands(),
    ...steeringCommands(),
    fc.constant(command("restart", hasTask, restart)),
    fc.constant(command("crash", hasTask, crash)),
    fc
      .tuple(pick, moment)
      .map(([r, at]) =>
        command(`complete ${r}, crash at ${at}`, hasRunning, (model, real) =>
          completeAndCrash(model, real, r, at),
        ),
      ),
  ];
}

function settled(inner: MachineCommand): MachineCommand {
  return command(
    inner.toString(),
    (model) => model.tasks.length > 0 && hasRunning(model),
    async (model, real) => {
      await inner.run(model, real);
      await settle(model, real);
    },
  );
}

const hasFewSessions = (model: Readonly<MachineModel>): boolean => model.sessions.length < 4;

function sessionAt(model: MachineModel, choice: number): ModelSession {
  const session = model.sessions[choice % model.sessions.length];
  ok(session);
  return session;
}

const promptOf = (model: MachineModel): string => `task ${model.tasks.length}`;

export async function submitToNew(
  model: MachineModel,
  real: MachineUnderTest,
  choice: number,
): Promise<void> {
  const owner = choice % 2 === 0 ? alice : bob;
  const prompt = promptOf(model);
  const { taskId, sessionId } = await real.tasks.submit(owner, { prompt, whenBusy: "enqueue" });
  const session: ModelSession = { id: sessionId, owner, queue: [], running: null, waiting: null };
  model.sessions.push(session);
  session.queue.push(newModelTask(model, session, taskId, prompt));
  await settle(model, real);
}

async function submit(
  model: MachineModel,
  real: MachineUnderTest,
  choice: number,
  whenBusy: SubmitTaskInput["whenBusy"],
): Promise<void> {
  const session = sessionAt(model, choice);
  const prompt = promptOf(model);
  const submitted = real.tasks.submit(session.owner, { prompt, sessionId: session.id, whenBusy });
  if (whenBusy === "reject" && isBusy(session)) {
    await rejects(submitted, { reason: "session_busy" });
    return;
  }
  const { taskId } = await submitted;
  place(session, newModelTask(model, session, taskId, prompt), whenBusy);
  if (whenBusy === "interrupt") endActive(session);
  await settle(model, real);
}

function endActive(session: ModelSession): void {
  const active = activeTask(session);
  if (active !== null) endModelTask(active, "canceled");
}

/** An interrupting task goes before everything queued. */
function place(session: ModelSession, task: ModelTask, whenBusy: SubmitTaskInput["whenBusy"]): void {
  const target = steerable(session);
  if (whenBusy === "interrupt") session.queue.unshift(task);
  else if (whenBusy === "steer" && target !== null) placeSteer(task, target);
  else session.queue.push(task);
}

/** A submitter without a response repeats under the same key: in the end there is one task. */
async function submitAndCrash(
  model: MachineModel,
  real: MachineUnderTest,
  choice: number,
  whenBusy: SubmitTaskInput["whenBusy"],
  moment: Moment,
): Promise<void> {
  const session = sessionAt(model, choice);
  if (whenBusy === "reject" && isBusy(session)) return;
  const prompt = promptOf(model);
  const idempotencyKey = `${session.id} ${prompt}`;
  const input: SubmitTaskInput = { prompt, sessionId: session.id, whenBusy, idempotencyKey };
  const [first] = await Promise.allSettled([real.tasks.submit(session.owner, input), crashAt(real, moment)]);
  await takeOverCrash(model, real);
  const events = await real.readLog(session.id);
  const stored = events.filter((event) => event.type === "task.submitted" && event.data.prompt === prompt);
  const [taskId] = stored.map((event) => event.taskId);
  if (typeof taskId === "string") {
    const task = newModelTask(model, session, taskId, prompt);
    const [targetId] = stored.map((event) =>
      event.type === "task.submitted" ? event.data.steers : undefined,
    );
    const target = model.tasks.find(({ id }) => id === targetId);
    if (target === undefined) place(session, task, whenBusy === "steer" ? "enqueue" : whenBusy);
    else placeSteer(task, target);
    await takeOverQueued(task, real);
  }
  await settle(model, real);

  const again = await real.tasks.submit(session.owner, input);
  if (first.status === "fulfilled") deepStrictEqual(first.value.taskId, again.taskId);
  if (typeof taskId === "string") {
    deepStrictEqual(again.taskId, taskId);
    return;
  }
  deepStrictEqual(first.status, "rejected");
  place(session, newModelTask(model, session, again.taskId, prompt), whenBusy);
  if (whenBusy === "interrupt") endActive(session);
  await settle(model, real);
}

async function submitTwice(model: MachineModel, real: MachineUnderTest, choice: number): Promise<void> {
  const session = sessionAt(model, choice);
  const prompt = promptOf(model);
  const input: SubmitTaskInput = {
    prompt,
    sessionId: session.id,
    whenBusy: "enqueue",
    idempotencyKey: `${session.id} ${prompt}`,
  };
  const answers = await Promise.all([1, 2, 3].map(async () => real.tasks.submit(session.owner, input)));
  const taskIds = new Set(answers.map(({ taskId }) => taskId));
  deepStrictEqual(taskIds.size, 1);
  for (const taskId of taskIds) place(session, newModelTask(model, session, taskId, prompt), "enqueue");
  await rejects(real.tasks.submit(session.owner, { ...input, prompt: "something else" }), {
    reason: "idempotency_conflict",
  });
  await settle(model, real);
}

async function cancel(task: ModelTask, real: MachineUnderTest): Promise<void> {
  const answer = await real.tasks.cancel(task.session.owner, { taskId: task.id });
  if (!isEnded(task)) endModelTask(task, "canceled");
  deepStrictEqual(answer.state, task.state);
}

/** If both are the same task, either may win. If the canceled one is next, it may have started. */
async function cancelAndComplete(
  model: MachineModel,
  real: MachineUnderTest,
  canceled: number,
  completed: number,
): Promise<void> {
  const running = model.tasks.filter(({ state }) => state === "running");
  const other = running[completed % running.length];
  const task = model.tasks[canceled % model.tasks.length];
  ok(other && task);
  const [answer] = await Promise.all([
    real.tasks.cancel(task.session.owner, { taskId: task.id }),
    endRun(other, real, "completed"),
  ]);
  if (task === other) {
    const { state } = await real.readTask(task.id);
    ok(state === "canceled" || state === "completed");
    endModelTask(task, state);
  } else {
    endModelTask(other, "completed");
    task.attempt = answer.attempt;
    if (!isEnded(task)) endModelTask(task, "canceled");
  }
  await settle(model, real);
  await assertTask(real, task);
  await assertTask(real, other);
}

async function edit(task: ModelTask, real: MachineUnderTest): Promise<void> {
  const prompt = `${task.prompt}, edited`;
  const edited = real.tasks.edit(task.session.owner, { taskId: task.id, prompt });
  if (task.state !== "queued" || task.attempt > 0) {
    await rejects(edited, { reason: "task_not_queued" });
    return;
  }
  deepStrictEqual((await edited).prompt, prompt);
  task.prompt = prompt;
}

async function move(
  model: MachineModel,
  real: MachineUnderTest,
  choice: number,
  before: number | null,
): Promise<void> {
  const task = model.tasks[choice % model.tasks.length];
  ok(task);
  const { session } = task;
  const own = model.tasks.filter((other) => other.session.owner === session.owner);
  const target = before === null ? null : (own[before % own.length] ?? null);
  const moved = real.tasks.move(session.owner, { taskId: task.id, beforeTaskId: target?.id ?? null });
  if (target === task) {
    await moved;
    return;
  }
  const isAllowed =
    task.state === "queued" && (target === null || (target.state === "queued" && target.session === session));
  if (!isAllowed) {
    await rejects(moved, { reason: "task_not_queued" });
    return;
  }
  await moved;
  const others = session.queue.filter((queued) => queued !== task);
  others.splice(target === null ? others.length : others.indexOf(target), 0, task);
  session.queue = others;
  task.steers = null;
}

async function retry(task: ModelTask, real: MachineUnderTest, model: MachineModel): Promise<void> {
  const { session } = task;
  const retried: Promise<Task> = real.tasks.retry(session.owner, { taskId: task.id });
  if (!isEnded(task)) {
    await rejects(retried, { reason: "task_not_terminal" });
    return;
  }
  const { id, prompt } = await retried;
  deepStrictEqual(prompt, task.prompt);
  place(session, newModelTask(model, session, id, prompt), "enqueue");
}

/** A step with text and a call, which stays open. */
async function progress(task: ModelTask, real: MachineUnderTest): Promise<void> {
  const sink = real.runs.byTask.get(task.id)?.input.sink;
  ok(sink, `${task.prompt} does not run`);
  const id = crypto.randomUUID();
  await sink.delta({ type: "text.delta", data: { blockId: id, text: "Hel" } });
  await sink.delta({ type: "text.delta", data: { blockId: id, text: "lo" } });
  await sink.append([{ type: "tool.called", data: { callId: id, tool: "bash", input: {} } }]);
  await sink.delta({ type: "tool.progress", data: { callId: id, chunk: "half" } });
}

async function endRun(task: ModelTask, real: MachineUnderTest, state: "completed" | "failed"): Promise<void> {
  const run = real.runs.byTask.get(task.id);
  ok(run, `${task.prompt} does not run`);
  if (state === "completed") run.complete();
  else run.fail();
  await real.until(`${task.prompt} to end`, async () =>
    isTerminalTaskState((await real.readTask(task.id)).state),
  );
}

async function finish(task: ModelTask, real: MachineUnderTest, state: "completed" | "failed"): Promise<void> {
  await endRun(task, real, state);
  endModelTask(task, state);
  await assertTask(real, task);
}

async function follow(model: MachineModel, real: MachineUnderTest, choice: number): Promise<void> {
  const { id } = sessionAt(model, choice);
  const follower = new Follower(real.log, id, 0);
  real.followers.push(follower);
  await follower.catchUp((await real.readLog(id)).at(-1)?.seq ?? 0);
}

async function restart(model: MachineModel, real: MachineUnderTest): Promise<void> {
  await real.restart();
  for (const { running } of model.sessions) if (running !== null) interruptModelTask(running, false);
  await settle(model, real);
}

async function crash(model: MachineModel, real: MachineUnderTest): Promise<void> {
  await real.crash();
  for (const { running } of model.sessions) if (running !== null) interruptModelTask(running, true);
  await settle(model, real);
}

/** Either the completion was stored, or the task is interrupted. */
async function completeAndCrash(
  model: MachineModel,
  real: MachineUnderTest,
  choice: number,
  moment: Moment,
): Promise<void> {
  const running = model.tasks.filter(({ state }) => state === "running");
  const task = running[choice % running.length];
  ok(task);
  const crashed = crashAt(real, moment);
  real.runs.byTask.get(task.id)?.complete();
  await crashed;
  await takeOverCrash(model, real);
  await settle(model, real);
}
