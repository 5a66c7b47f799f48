import { MAX_STEER_LENGTH, MAX_WAITING_STEERS, type SessionEvent, type Task } from "@trunkline/contract";
import { assertLogHolds } from "@trunkline/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RunInput } from "../agent/port.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import {
  alice,
  bob,
  done,
  isTerminalEventOf,
  openScriptedServer,
  type Script,
  type ScriptedServer,
  untilAborted,
} from "./testing/scripted-server.ts";

describe("a message to a running task", () => {
  let directory: TemporaryDirectory;
  let server: ScriptedServer;
  const scripts = new Map<string, Script>();
  let running: Task;
  /** Of the run of `long`, which hears when it is told to, and then completes or is aborted. */
  let run: PromiseWithResolvers<RunInput>;
  let finish: PromiseWithResolvers<void>;

  beforeAll(async () => {
    directory = await TemporaryDirectory.create();
    server = await openScriptedServer(directory.path, scripts);
  });
  afterAll(async () => {
    await server.close();
    await directory[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    run = Promise.withResolvers();
    finish = Promise.withResolvers();
    scripts.set("long", async (input) => {
      run.resolve(input);
      await Promise.race([finish.promise, untilAborted(input.signal)]);
      return done();
    });
    running = await server.submit("long");
    await run.promise;
  });

  const send = async (prompt: string, more: { idempotencyKey?: string } = {}): Promise<Task> => {
    const { sessionId } = running;
    return (await server.tasks.submit(alice, { prompt, sessionId, whenBusy: "steer", ...more })).task;
  };
  const hear = async (): Promise<string[]> => promptsOf((await (await run.promise).steering?.take()) ?? []);
  const promptsOf = (events: readonly SessionEvent[]): string[] =>
    events.flatMap((event) => (event.type === "task.steered" ? [event.data.prompt] : []));
  const read = async ({ id }: Task): Promise<Task> => server.tasks.get(alice, { taskId: id });
  async function endOf({ id, sessionId }: Task): Promise<SessionEvent[]> {
    const events = await server.until(sessionId, isTerminalEventOf(id));
    assertLogHolds(events, { allowUnfinished: true });
    return events;
  }

  it("waits in the queue before everything else, and ends as it is handed over", async () => {
    const queued = await server.submit("queued", running.sessionId);
    const messages = [await send("first"), await send("second")];
    expect(messages).toMatchObject([
      { state: "submitted", steers: running.id },
      { state: "submitted", steers: running.id },
    ]);
    expect(await hear()).toEqual(["first", "second"]);
    expect(await hear()).toEqual([]);
    expect(await Promise.all(messages.map(read))).toMatchObject([
      { state: "canceled", reason: "steered", steers: running.id, startedAt: null },
      { state: "canceled", reason: "steered" },
    ]);
    finish.resolve();
    const events = await endOf(queued);
    const started = events.filter(({ type }) => type === "task.started").map(({ taskId }) => taskId);
    expect(started).toEqual([running.id, queued.id]);
  });

  it("that it does not hear becomes the next task, whether it completed, was stopped or was superseded", async () => {
    const queued = await server.submit("queued", running.sessionId);
    const message = await send("unheard");
    const { task: urgent } = await server.tasks.submit(alice, {
      prompt: "urgent",
      sessionId: running.sessionId,
      whenBusy: "interrupt",
    });
    const events = await endOf(queued);
    const started = events.filter(({ type }) => type === "task.started").map(({ taskId }) => taskId);
    // Also not handed to the one that took its place.
    expect(started).toEqual([running.id, urgent.id, message.id, queued.id]);
    expect(promptsOf(events)).toEqual([]);
    expect(await read(message)).toMatchObject({ state: "completed" });
    expect(await read(message)).not.toHaveProperty("steers");
  });

  it("to a session without a task is an ordinary task", async () => {
    finish.resolve();
    await endOf(running);
    const message = await send("by itself");
    expect(message).not.toHaveProperty("steers");
    await endOf(message);
  });

  it("can be edited, moved and withdrawn until it is handed over, and a queued task can become one", async () => {
    const [edited, moved, withdrawn] = [await send("one"), await send("two"), await send("three")];
    const queued = await server.submit("queued", running.sessionId);
    await server.tasks.edit(alice, { taskId: edited.id, prompt: "one, edited" });
    await server.tasks.move(alice, { taskId: moved.id, beforeTaskId: null });
    await server.tasks.cancel(alice, { taskId: withdrawn.id });
    expect(await server.tasks.steer(alice, { taskId: queued.id })).toMatchObject({ steers: running.id });
    expect(await hear()).toEqual(["one, edited", "queued"]);
    await expect(server.tasks.steer(alice, { taskId: queued.id })).rejects.toMatchObject({
      reason: "task_not_queued",
    });
    await expect(server.tasks.steer(alice, { taskId: running.id })).rejects.toMatchObject({
      reason: "task_not_queued",
    });
    finish.resolve();
    await endOf(moved);
  });

  it("is bounded in number and length, is its owner's alone, and is sent once under a key", async () => {
    const input = { prompt: "x".repeat(MAX_STEER_LENGTH + 1) };
    const { task: long } = await server.tasks.submit(alice, {
      ...input,
      sessionId: running.sessionId,
      whenBusy: "enqueue",
    });
    await expect(server.tasks.steer(alice, { taskId: long.id })).rejects.toMatchObject({
      reason: "validation_failed",
    });
    const first = await send("once", { idempotencyKey: running.id });
    expect((await send("once", { idempotencyKey: running.id })).id).toBe(first.id);
    await expect(server.tasks.edit(alice, { taskId: first.id, prompt: input.prompt })).rejects.toMatchObject({
      reason: "validation_failed",
    });
    for (let count = 1; count < MAX_WAITING_STEERS; count++) await send(`message ${count}`);
    await expect(send("one too many")).rejects.toMatchObject({ reason: "steering_full" });
    await expect(server.tasks.steer(bob, { taskId: first.id })).rejects.toMatchObject({
      reason: "not_found",
    });
    await expect(
      server.tasks.submit(bob, { prompt: "x", sessionId: running.sessionId, whenBusy: "steer" }),
    ).rejects.toMatchObject({ reason: "not_found" });
    expect(await hear()).toHaveLength(MAX_WAITING_STEERS);
    await server.tasks.cancel(alice, { taskId: long.id });
  });
});
