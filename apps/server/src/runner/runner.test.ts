import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Principal, SessionEvent, Task, TaskService } from "@trunkline/contract";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ModelRegistry, RunInput, RunOutcome } from "../agent/port.ts";
import { createInProcessDispatcher } from "../dispatch/in-process.ts";
import { createHub } from "../hub/hub.ts";
import { createLog } from "../log/log.ts";
import type { Log } from "../log/port.ts";
import { createTaskService } from "../services/tasks.ts";
import type { Store } from "../store/port.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import type { Runner } from "./port.ts";
import { createRunner } from "./runner.ts";

const alice: Principal = { userId: "00000000-0000-7000-8000-00000000000a", name: "alice" };

const models: ModelRegistry = {
  defaultModel: "demo",
  resolve: () => {
    throw new Error("the scripted runs call no model");
  },
};

type Script = (input: RunInput) => Promise<RunOutcome>;

const done = (result = "ok"): RunOutcome => ({
  type: "completed",
  result,
  usage: { inputTokens: 1, outputTokens: 1 },
});

/** Ends when its signal does, as a model stream does. */
async function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    if (signal.aborted) reject(signal.reason as Error);
  });
}

describe("runner", () => {
  let directory: string;
  let store: Store;
  let log: Log;
  let runner: Runner;
  let tasks: TaskService;
  /** What the run of a prompt does; anything else completes at once. */
  let scripts: Map<string, Script>;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "trunkline-runner-"));
    scripts = new Map();
    await open();
  });
  afterEach(async () => {
    await close();
    await rm(directory, { recursive: true });
  });

  async function open(concurrency = 4): Promise<void> {
    store = await openSqliteStore({
      path: join(directory, "db"),
      now: Date.now,
      onFatal: (error) => {
        throw error;
      },
    });
    log = createLog({ store, hub: createHub() });
    runner = createRunner({
      store,
      log,
      dispatcher: createInProcessDispatcher({ concurrency }),
      logger: pino({ level: "silent" }),
      now: Date.now,
      node: "test",
      models: { ...models, resolve: () => ({ name: "demo", model: {} as never }) },
      tools: [],
      runTask: async (input) => {
        const row = await store.db
          .selectFrom("tasks")
          .select("prompt")
          .where("id", "=", input.taskId)
          .executeTakeFirstOrThrow();
        return (scripts.get(row.prompt) ?? (async () => done()))(input);
      },
    });
    tasks = createTaskService({
      store,
      log,
      runner,
      models,
      workspacesDir: join(directory, "workspaces"),
      now: Date.now,
    });
    await runner.start();
  }

  async function close(): Promise<void> {
    await runner.stop();
    await store.close();
  }

  async function submit(prompt: string, sessionId?: string): Promise<Task> {
    const { task } = await tasks.submit(alice, { prompt, sessionId, whenBusy: "enqueue" });
    return task;
  }

  /** Resolves with the session's log once `predicate` holds for one of its events. */
  async function until(sessionId: string, predicate: (event: SessionEvent) => boolean): Promise<SessionEvent[]> {
    const controller = new AbortController();
    for await (const { events } of log.follow(sessionId, 0, controller.signal)) {
      if (events.some(predicate)) controller.abort();
    }
    return (await log.read(sessionId, { limit: 1_000 })).events;
  }

  const ended = (taskId: string) => (event: SessionEvent) =>
    event.taskId === taskId && /^task\.(completed|failed|canceled|rejected)$/.test(event.type);

  const terminals = (events: SessionEvent[], taskId: string) => events.filter(ended(taskId));

  it("runs the tasks of a session one after another, in the order of their submits", async () => {
    const order: string[] = [];
    for (const prompt of ["a", "b", "c", "d"]) {
      scripts.set(prompt, async () => {
        order.push(`${prompt}+`);
        await new Promise(setImmediate);
        order.push(`${prompt}-`);
        return done();
      });
    }
    const first = await submit("a");
    await submit("b", first.sessionId);
    await submit("c", first.sessionId);
    const last = await submit("d", first.sessionId);
    await until(first.sessionId, ended(last.id));
    expect(order).toEqual(["a+", "a-", "b+", "b-", "c+", "c-", "d+", "d-"]);
  });

  it("runs sessions side by side, up to the concurrency limit", async () => {
    let working = 0;
    let most = 0;
    const full = Promise.withResolvers<void>();
    scripts.set("busy", async () => {
      most = Math.max(most, ++working);
      if (working === 4) full.resolve();
      await full.promise;
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      working -= 1;
      return done();
    });
    const submitted = await Promise.all(Array.from({ length: 20 }, async () => submit("busy")));
    await Promise.all(submitted.map(async (task) => until(task.sessionId, ended(task.id))));
    expect(most).toBe(4);
  });

  it("ends a task whose run throws as failed, with the reason, and goes on", async () => {
    scripts.set("throws", async () => {
      throw new Error("no such thing");
    });
    const task = await submit("throws");
    const next = await submit("fine", task.sessionId);
    const events = await until(task.sessionId, ended(next.id));
    expect(terminals(events, task.id).map((event) => event.type)).toEqual(["task.failed"]);
    const stored = await tasks.get(alice, { taskId: task.id });
    expect(stored).toMatchObject({ state: "failed", reason: "error", errorCode: "internal" });
    expect(stored.errorMessage).toContain("no such thing");
    expect((await tasks.get(alice, { taskId: next.id })).state).toBe("completed");
  });

  it("cancels a working task, closes what it had open, and keeps the text it had shown", async () => {
    scripts.set("long", async ({ sink, signal }) => {
      await sink.append([{ type: "step.started", data: { step: 1, model: "demo" } }]);
      await sink.delta({ type: "text.delta", data: { blockId: "b", text: "Hel" } });
      await sink.delta({ type: "text.delta", data: { blockId: "b", text: "lo" } });
      await sink.append([{ type: "tool.called", data: { callId: "c", tool: "bash", input: {} } }]);
      await sink.delta({ type: "tool.progress", data: { callId: "c", chunk: "half" } });
      return untilAborted(signal);
    });
    const task = await submit("long");
    await until(task.sessionId, (event) => event.type === "tool.progress");
    const canceled = await tasks.cancel(alice, { taskId: task.id });
    expect(canceled).toMatchObject({ state: "canceled", reason: "user" });
    const { events } = await log.read(task.sessionId, { limit: 100 });
    expect(events.slice(-3).map(({ type, data }) => ({ type, data }))).toEqual([
      { type: "text.ended", data: { blockId: "b", text: "Hello" } },
      {
        type: "tool.ended",
        data: { callId: "c", status: "canceled", output: "half", durationMs: expect.any(Number) },
      },
      { type: "task.canceled", data: { reason: "user", by: "alice" } },
    ]);
    expect(events.some((event) => event.type.endsWith("delta") || event.type === "tool.progress")).toBe(false);
  });

  it("cancels a queued task at once, and a canceled task again without harm", async () => {
    scripts.set("long", async ({ signal }) => untilAborted(signal));
    const working = await submit("long");
    const queued = await submit("never", working.sessionId);
    await until(working.sessionId, (event) => event.type === "task.started");
    expect((await tasks.cancel(alice, { taskId: queued.id })).state).toBe("canceled");
    expect((await tasks.cancel(alice, { taskId: queued.id })).state).toBe("canceled");
    await tasks.cancel(alice, { taskId: working.id });
    const { events } = await log.read(working.sessionId, { limit: 100 });
    expect(terminals(events, queued.id)).toHaveLength(1);
    expect(events.filter((event) => event.type === "task.started")).toHaveLength(1);
  });

  it("gives every task exactly one terminal event when cancels race with completions and claims", async () => {
    scripts.set("race", async () => {
      await new Promise(setImmediate);
      return done();
    });
    const submitted = await Promise.all(Array.from({ length: 100 }, async () => submit("race")));
    await Promise.all(
      submitted.flatMap((task) => [
        tasks.cancel(alice, { taskId: task.id }),
        tasks.cancel(alice, { taskId: task.id }),
      ]),
    );
    for (const task of submitted) {
      const events = await until(task.sessionId, ended(task.id));
      expect(terminals(events, task.id)).toHaveLength(1);
      const { state } = await tasks.get(alice, { taskId: task.id });
      expect(terminals(events, task.id)[0]?.type).toBe(`task.${state}`);
    }
  });

  it("refuses what a run writes after it has lost its task", async () => {
    let late: Promise<void> | undefined;
    scripts.set("zombie", async ({ sink, signal }) => {
      await untilAborted(signal).catch(() => undefined);
      setImmediate(() => {
        late = sink.append([{ type: "notice", data: { level: "info", message: "late" } }]);
        late.catch(() => undefined);
      });
      throw signal.reason;
    });
    const task = await submit("zombie");
    await until(task.sessionId, (event) => event.type === "task.started");
    await tasks.cancel(alice, { taskId: task.id });
    await new Promise(setImmediate);
    await expect(late).rejects.toThrow();
    const { events } = await log.read(task.sessionId, { limit: 100 });
    expect(events.at(-1)?.type).toBe("task.canceled");
  });

  it("interrupts what runs at a shutdown, and the next start runs it again without counting it as a crash", async () => {
    const attempts: string[] = [];
    scripts.set("long", async ({ signal, sink }) => {
      attempts.push("run");
      if (attempts.length > 5) return done("at last");
      await sink.delta({ type: "text.delta", data: { blockId: `b${attempts.length}`, text: "partial" } });
      return untilAborted(signal);
    });
    const task = await submit("long");
    for (let restart = 1; restart <= 5; restart++) {
      await until(task.sessionId, (event) => event.type === "text.delta");
      await close();
      await open();
    }
    const events = await until(task.sessionId, ended(task.id));
    expect(events.filter((event) => event.type === "task.interrupted")).toHaveLength(5);
    expect(events.filter((event) => event.type === "text.ended")).toHaveLength(5);
    expect(await tasks.get(alice, { taskId: task.id })).toMatchObject({ state: "completed", attempt: 6 });
  });

  it("fails a task that was there each time the server died", async () => {
    const task = await submit("crashes");
    await until(task.sessionId, ended(task.id));
    // What a kill leaves behind: a task that works, and nobody who works on it.
    const orphan = async (crashes: number) => {
      await runner.stop();
      await store.write([
        store.db
          .updateTable("tasks")
          .set({ state: "working", ended_at: null, crashes })
          .where("id", "=", task.id)
          .compile(),
      ]);
      await store.close();
      await open();
    };
    await orphan(2);
    expect(await tasks.get(alice, { taskId: task.id })).toMatchObject({
      state: "failed",
      reason: "orphaned",
      errorCode: "orphaned",
    });
  });

  it("puts an interrupting task first, ends the active one as superseded and keeps the queue", async () => {
    scripts.set("long", async ({ signal }) => untilAborted(signal));
    const active = await submit("long");
    const queued = await submit("queued", active.sessionId);
    await until(active.sessionId, (event) => event.type === "task.started");
    const { task } = await tasks.submit(alice, {
      prompt: "now",
      sessionId: active.sessionId,
      whenBusy: "interrupt",
    });
    const events = await until(active.sessionId, ended(queued.id));
    const started = events.filter((event) => event.type === "task.started").map((event) => event.taskId);
    expect(started).toEqual([active.id, task.id, queued.id]);
    expect(await tasks.get(alice, { taskId: active.id })).toMatchObject({
      state: "canceled",
      reason: "superseded",
    });
  });

  it("refuses a task under whenBusy=reject while the session is busy, and takes it when it is not", async () => {
    scripts.set("long", async ({ signal }) => untilAborted(signal));
    const active = await submit("long");
    const again = async () =>
      tasks.submit(alice, { prompt: "now", sessionId: active.sessionId, whenBusy: "reject" });
    await expect(again()).rejects.toMatchObject({ reason: "session_busy" });
    await tasks.cancel(alice, { taskId: active.id });
    const { task } = await again();
    await until(active.sessionId, ended(task.id));
  });

  it("runs queued tasks in the order they were moved to, with the prompt they were edited to", async () => {
    const ran: string[] = [];
    scripts.set("long", async ({ signal }) => untilAborted(signal));
    for (const prompt of ["a", "b", "c", "d", "edited"]) {
      scripts.set(prompt, async () => {
        ran.push(prompt);
        return done();
      });
    }
    const active = await submit("long");
    const queued = [];
    for (const prompt of ["a", "b", "c", "d"]) queued.push(await submit(prompt, active.sessionId));
    const [first, second, third, fourth] = queued as [Task, Task, Task, Task];
    await tasks.move(alice, { taskId: fourth.id, beforeTaskId: second.id });
    await tasks.move(alice, { taskId: first.id, beforeTaskId: null });
    await tasks.edit(alice, { taskId: third.id, prompt: "edited" });
    await tasks.cancel(alice, { taskId: active.id });
    await until(active.sessionId, ended(first.id));
    expect(ran).toEqual(["d", "b", "edited", "a"]);
    await expect(tasks.move(alice, { taskId: first.id, beforeTaskId: null })).rejects.toMatchObject({
      reason: "task_not_queued",
    });
    await expect(tasks.edit(alice, { taskId: first.id, prompt: "x" })).rejects.toMatchObject({
      reason: "task_not_queued",
    });
  });

  it("retries an ended task as a new one, and no other", async () => {
    let runs = 0;
    scripts.set("flaky", async () => {
      runs += 1;
      if (runs === 1) throw new Error("first time");
      return done();
    });
    const task = await submit("flaky");
    await until(task.sessionId, ended(task.id));
    const again = await tasks.retry(alice, { taskId: task.id });
    const events = await until(task.sessionId, ended(again.id));
    expect(events.find((event) => event.type === "task.submitted" && event.taskId === again.id)?.data).toMatchObject({
      prompt: "flaky",
      retryOf: task.id,
    });
    expect((await tasks.get(alice, { taskId: task.id })).state).toBe("failed");
    scripts.set("long", async ({ signal }) => untilAborted(signal));
    const working = await submit("long");
    await expect(tasks.retry(alice, { taskId: working.id })).rejects.toMatchObject({
      reason: "task_not_terminal",
    });
  });

  it("answers a repeated idempotency key with the first task, and a different body with a conflict", async () => {
    const input = { prompt: "once", whenBusy: "enqueue", idempotencyKey: "key" } as const;
    const answers = await Promise.all(Array.from({ length: 20 }, async () => tasks.submit(alice, input)));
    expect(new Set(answers.map((answer) => answer.taskId)).size).toBe(1);
    await expect(tasks.submit(alice, { ...input, prompt: "twice" })).rejects.toMatchObject({
      reason: "idempotency_conflict",
    });
  });
});
