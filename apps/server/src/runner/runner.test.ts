import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionEvent, Task } from "@trunkline/contract";
import { leaveBehindWorking } from "../store/testing/raw-rows.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  alice,
  done,
  isTerminalEventOf,
  openScriptedServer,
  type Script,
  type ScriptedServer,
  untilAborted,
} from "./testing/scripted-server.ts";

describe("runner", () => {
  let directory: string;
  let server: ScriptedServer;
  let scripts: Map<string, Script>;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "trunkline-runner-"));
    scripts = new Map();
    server = await openScriptedServer(directory, scripts);
  });
  afterEach(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });

  async function restart(): Promise<void> {
    await server.close();
    server = await openScriptedServer(directory, scripts);
  }

  const terminals = (events: SessionEvent[], taskId: string) => events.filter(isTerminalEventOf(taskId));

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
    const first = await server.submit("a");
    await server.submit("b", first.sessionId);
    await server.submit("c", first.sessionId);
    const last = await server.submit("d", first.sessionId);
    await server.until(first.sessionId, isTerminalEventOf(last.id));
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
    const submitted = await Promise.all(Array.from({ length: 20 }, async () => server.submit("busy")));
    await Promise.all(
      submitted.map(async (task) => server.until(task.sessionId, isTerminalEventOf(task.id))),
    );
    expect(most).toBe(4);
  });

  it("ends a task whose run throws as failed, with the reason, and goes on", async () => {
    scripts.set("throws", async () => {
      throw new Error("no such thing");
    });
    const task = await server.submit("throws");
    const next = await server.submit("fine", task.sessionId);
    const events = await server.until(task.sessionId, isTerminalEventOf(next.id));
    expect(terminals(events, task.id).map((event) => event.type)).toEqual(["task.failed"]);
    const stored = await server.tasks.get(alice, { taskId: task.id });
    expect(stored).toMatchObject({ state: "failed", reason: "error", errorCode: "internal" });
    expect(stored.errorMessage).toContain("no such thing");
    expect((await server.tasks.get(alice, { taskId: next.id })).state).toBe("completed");
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
    const task = await server.submit("long");
    await server.until(task.sessionId, (event) => event.type === "tool.progress");
    const canceled = await server.tasks.cancel(alice, { taskId: task.id });
    expect(canceled).toMatchObject({ state: "canceled", reason: "user" });
    const { events } = await server.log.read(task.sessionId, { limit: 100 });
    expect(events.slice(-3).map(({ type, data }) => ({ type, data }))).toEqual([
      { type: "text.ended", data: { blockId: "b", text: "Hello" } },
      {
        type: "tool.ended",
        data: { callId: "c", status: "canceled", output: "half", durationMs: expect.any(Number) },
      },
      { type: "task.canceled", data: { reason: "user", by: "alice" } },
    ]);
    expect(events.some((event) => event.type.endsWith("delta") || event.type === "tool.progress")).toBe(
      false,
    );
  });

  it("cancels a queued task at once, and a canceled task again without harm", async () => {
    scripts.set("long", async ({ signal }) => untilAborted(signal));
    const working = await server.submit("long");
    const queued = await server.submit("never", working.sessionId);
    await server.until(working.sessionId, (event) => event.type === "task.started");
    expect((await server.tasks.cancel(alice, { taskId: queued.id })).state).toBe("canceled");
    expect((await server.tasks.cancel(alice, { taskId: queued.id })).state).toBe("canceled");
    await server.tasks.cancel(alice, { taskId: working.id });
    const { events } = await server.log.read(working.sessionId, { limit: 100 });
    expect(terminals(events, queued.id)).toHaveLength(1);
    expect(events.filter((event) => event.type === "task.started")).toHaveLength(1);
  });

  it("gives every task exactly one terminal event when cancels race with completions and claims", async () => {
    scripts.set("race", async () => {
      await new Promise(setImmediate);
      return done();
    });
    const submitted = await Promise.all(Array.from({ length: 100 }, async () => server.submit("race")));
    await Promise.all(
      submitted.flatMap((task) => [
        server.tasks.cancel(alice, { taskId: task.id }),
        server.tasks.cancel(alice, { taskId: task.id }),
      ]),
    );
    for (const task of submitted) {
      const events = await server.until(task.sessionId, isTerminalEventOf(task.id));
      expect(terminals(events, task.id)).toHaveLength(1);
      const { state } = await server.tasks.get(alice, { taskId: task.id });
      expect(terminals(events, task.id)[0]?.type).toBe(`task.${state}`);
    }
  });

  it("refuses what a run writes after it has lost its task", async () => {
    const late = Promise.withResolvers<unknown>();
    late.promise.catch(() => undefined);
    scripts.set("zombie", async ({ sink, signal }) => {
      await untilAborted(signal).catch(() => undefined);
      setImmediate(() => {
        late.resolve(sink.append([{ type: "notice", data: { level: "info", message: "late" } }]));
      });
      throw signal.reason;
    });
    const task = await server.submit("zombie");
    await server.until(task.sessionId, (event) => event.type === "task.started");
    await server.tasks.cancel(alice, { taskId: task.id });
    await expect(late.promise).rejects.toThrow();
    const { events } = await server.log.read(task.sessionId, { limit: 100 });
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
    const task = await server.submit("long");
    for (let turn = 1; turn <= 5; turn++) {
      await server.until(task.sessionId, (event) => event.type === "text.delta");
      await restart();
    }
    const events = await server.until(task.sessionId, isTerminalEventOf(task.id));
    expect(events.filter((event) => event.type === "task.interrupted")).toHaveLength(5);
    expect(events.filter((event) => event.type === "text.ended")).toHaveLength(5);
    expect(await server.tasks.get(alice, { taskId: task.id })).toMatchObject({
      state: "completed",
      attempt: 6,
    });
  });

  it("fails a task that was there each time the server died", async () => {
    const task = await server.submit("crashes");
    await server.until(task.sessionId, isTerminalEventOf(task.id));
    leaveBehindWorking(server.databasePath, task.id);
    await restart();
    expect(await server.tasks.get(alice, { taskId: task.id })).toMatchObject({
      state: "failed",
      reason: "orphaned",
      errorCode: "orphaned",
    });
  });

  it("puts an interrupting task first, ends the active one as superseded and keeps the queue", async () => {
    scripts.set("long", async ({ signal }) => untilAborted(signal));
    const active = await server.submit("long");
    const queued = await server.submit("queued", active.sessionId);
    await server.until(active.sessionId, (event) => event.type === "task.started");
    const { task } = await server.tasks.submit(alice, {
      prompt: "now",
      sessionId: active.sessionId,
      whenBusy: "interrupt",
    });
    const events = await server.until(active.sessionId, isTerminalEventOf(queued.id));
    const started = events.filter((event) => event.type === "task.started").map((event) => event.taskId);
    expect(started).toEqual([active.id, task.id, queued.id]);
    expect(await server.tasks.get(alice, { taskId: active.id })).toMatchObject({
      state: "canceled",
      reason: "superseded",
    });
  });

  it("refuses a task under whenBusy=reject while the session is busy, and takes it when it is not", async () => {
    scripts.set("long", async ({ signal }) => untilAborted(signal));
    const active = await server.submit("long");
    const again = async () =>
      server.tasks.submit(alice, { prompt: "now", sessionId: active.sessionId, whenBusy: "reject" });
    await expect(again()).rejects.toMatchObject({ reason: "session_busy" });
    await server.tasks.cancel(alice, { taskId: active.id });
    const { task } = await again();
    await server.until(active.sessionId, isTerminalEventOf(task.id));
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
    const active = await server.submit("long");
    const queued = [];
    for (const prompt of ["a", "b", "c", "d"]) queued.push(await server.submit(prompt, active.sessionId));
    const [first, second, third, fourth] = queued as [Task, Task, Task, Task];
    await server.tasks.move(alice, { taskId: fourth.id, beforeTaskId: second.id });
    await server.tasks.move(alice, { taskId: first.id, beforeTaskId: null });
    await server.tasks.edit(alice, { taskId: third.id, prompt: "edited" });
    await server.tasks.cancel(alice, { taskId: active.id });
    await server.until(active.sessionId, isTerminalEventOf(first.id));
    expect(ran).toEqual(["d", "b", "edited", "a"]);
    await expect(server.tasks.move(alice, { taskId: first.id, beforeTaskId: null })).rejects.toMatchObject({
      reason: "task_not_queued",
    });
    await expect(server.tasks.edit(alice, { taskId: first.id, prompt: "x" })).rejects.toMatchObject({
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
    const task = await server.submit("flaky");
    await server.until(task.sessionId, isTerminalEventOf(task.id));
    const again = await server.tasks.retry(alice, { taskId: task.id });
    const events = await server.until(task.sessionId, isTerminalEventOf(again.id));
    expect(
      events.find((event) => event.type === "task.submitted" && event.taskId === again.id)?.data,
    ).toMatchObject({
      prompt: "flaky",
      retryOf: task.id,
    });
    expect((await server.tasks.get(alice, { taskId: task.id })).state).toBe("failed");
    scripts.set("long", async ({ signal }) => untilAborted(signal));
    const working = await server.submit("long");
    await expect(server.tasks.retry(alice, { taskId: working.id })).rejects.toMatchObject({
      reason: "task_not_terminal",
    });
  });

  it("answers a repeated idempotency key with the first task, and a different body with a conflict", async () => {
    const input = { prompt: "once", whenBusy: "enqueue", idempotencyKey: "key" } as const;
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => server.tasks.submit(alice, input)),
    );
    expect(new Set(answers.map((answer) => answer.taskId)).size).toBe(1);
    await expect(server.tasks.submit(alice, { ...input, prompt: "twice" })).rejects.toMatchObject({
      reason: "idempotency_conflict",
    });
  });

  it("retries once for each key, and a key of another task is a conflict", async () => {
    const task = await server.submit("once");
    await server.until(task.sessionId, isTerminalEventOf(task.id));
    const input = { taskId: task.id, idempotencyKey: "retry" };
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => server.tasks.retry(alice, input)),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    // Also when it has ended.
    await server.until(task.sessionId, isTerminalEventOf(answers[0]!.id));
    expect((await server.tasks.retry(alice, input)).id).toBe(answers[0]!.id);
    const { items } = await server.tasks.list(alice, { sessionId: task.sessionId, limit: 10 });
    expect(items).toHaveLength(2);
    for (const other of [
      async () => server.tasks.retry(alice, { ...input, taskId: answers[0]!.id }),
      async () => server.tasks.retry(alice, { ...input, budget: { steps: 3 } }),
      async () =>
        server.tasks.submit(alice, {
          prompt: "once",
          sessionId: task.sessionId,
          whenBusy: "enqueue",
          idempotencyKey: "retry",
        }),
    ])
      await expect(other()).rejects.toMatchObject({ reason: "idempotency_conflict" });
    // Without a key each is a new one.
    expect((await server.tasks.retry(alice, { taskId: task.id })).id).not.toBe(answers[0]!.id);
  });
});
