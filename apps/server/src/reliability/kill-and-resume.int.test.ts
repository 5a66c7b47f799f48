import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { followSession } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import {
  assertLogHolds,
  assertReceivedEqualsLog,
  FakeProvider,
  isTerminalEvent,
  readLog,
  say,
  ServerFixture,
} from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const backoff = { minMs: 10, maxMs: 100 };

describe("kill -9", () => {
  let provider: FakeProvider;
  let server: ServerFixture;
  beforeAll(async () => {
    provider = await FakeProvider.start();
    server = await ServerFixture.start({ env: provider.serverEnv });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await provider.close();
  });
  const killAndRestart = async (): Promise<void> => {
    await server.kill();
    await server.restart();
  };

  it("in the middle of a streamed answer: the same subscriber receives the log without gap or duplicate", async () => {
    // It does not end before the kill, however late that comes.
    provider.enqueue(say.reply(say.tokens(200, 200), say.stall()));
    const { sessionId } = await server.client.task.submit.mutate({ prompt: "tokens: 600 @ 200/s" });
    const received: SessionEvent[] = [];
    const controller = new AbortController();
    let killed: Promise<void> | undefined;
    for await (const { events } of followSession(server.client, {
      sessionId,
      signal: controller.signal,
      backoff,
    })) {
      received.push(...events);
      const deltas = received.filter((event) => event.type === "text.delta");
      // On a busy machine one event may hold all that the model has said.
      if (deltas.length > 0) killed ??= killAndRestart();
      if (received.some(isTerminalEvent)) controller.abort();
    }
    await killed;
    const log = await readLog(server.client, sessionId);
    assertLogHolds(log);
    assertReceivedEqualsLog(received, log);
    expect(log.filter(isTerminalEvent).map((event) => event.type)).toEqual(["task.completed"]);
    expect(log.some((event) => event.type === "task.interrupted")).toBe(true);
  });

  it("after two of four tool calls: each side effect once, and the one in flight is reported as interrupted", async () => {
    const call = (line: string, more = "") =>
      say.toolCall("bash", { command: `echo ${line} >> out.txt${more}` });
    // The third reports its start, then outlives the server.
    provider.enqueue(
      say.reply(call("one"), call("two"), call("three", "; echo begun; sleep 600"), call("four")),
      say.reply(say.text("All four were asked for.")),
    );
    const { sessionId } = await server.client.task.submit.mutate({ prompt: "four lines" });
    const controller = new AbortController();
    const received: SessionEvent[] = [];
    let killed: Promise<void> | undefined;
    for await (const { events } of followSession(server.client, {
      sessionId,
      signal: controller.signal,
      backoff,
    })) {
      received.push(...events);
      if (received.some((event) => event.type === "tool.progress" && event.data.chunk.includes("begun"))) {
        killed ??= killAndRestart();
      }
      if (received.some(isTerminalEvent)) controller.abort();
    }
    await killed;
    const log = await readLog(server.client, sessionId);
    assertLogHolds(log);
    const { session } = await server.client.session.get.query({ sessionId });
    expect(await readFile(join(session.workspace, "out.txt"), "utf8")).toBe("one\ntwo\nthree\nfour\n");
    const statuses = log.flatMap((event) => (event.type === "tool.ended" ? [event.data.status] : []));
    expect(statuses).toEqual(["succeeded", "succeeded", "interrupted", "succeeded"]);
    // The model is informed.
    const told = JSON.stringify(provider.requests.at(-1)?.messages);
    expect(told).toContain("interrupted");
    expect(log.filter(isTerminalEvent).map((event) => event.type)).toEqual(["task.completed"]);
  });

  it("E12: more often than a task without progress may crash: each after some, a task of eight steps completes", async () => {
    // Every second step runs a command that outlives the server.
    const steps = Array.from({ length: 8 }, (_, index) =>
      say.reply(
        say.text(`Step ${index + 1}.`),
        index % 2 === 0
          ? say.toolCall("list_files", { path: "." })
          : say.toolCall("bash", { command: `echo begun ${index}; sleep 600` }),
      ),
    );
    provider.enqueue(...steps, say.reply(say.text("Done.")));
    const { sessionId, taskId } = await server.client.task.submit.mutate({ prompt: "eight steps" });
    const controller = new AbortController();
    let kills = 0;
    for await (const { events } of followSession(server.client, {
      sessionId,
      signal: controller.signal,
      backoff,
    })) {
      if (events.some((event) => event.type === "tool.progress" && event.data.chunk.includes("begun"))) {
        kills += 1;
        await server.kill();
        await server.restart();
      }
      if (events.some(isTerminalEvent)) controller.abort();
    }
    expect(kills).toBe(4);
    const task = await server.client.task.get.query({ taskId });
    expect(task).toMatchObject({ state: "completed", attempt: 5 });
    const log = await readLog(server.client, sessionId);
    assertLogHolds(log);
    expect(log.filter((event) => event.type === "step.ended")).toHaveLength(9);
  });

  it("each time a task runs: it ends as orphaned after three, and the next task of its session runs", async () => {
    // None of its steps ever completes: progress between crashes would clear the task of suspicion.
    const prompt = "stall";
    const deadly = await server.client.task.submit.mutate({ prompt });
    const { sessionId } = deadly;
    const next = await server.client.task.submit.mutate({ sessionId, prompt: "reply: still here" });
    const controller = new AbortController();
    let kills = 0;
    for await (const { events } of followSession(server.client, {
      sessionId,
      signal: controller.signal,
      backoff,
    })) {
      for (const event of events) {
        if (event.type === "task.started" && event.taskId === deadly.taskId) {
          kills += 1;
          await server.kill();
          await server.restart();
        }
        if (isTerminalEvent(event) && event.taskId === next.taskId) controller.abort();
      }
    }
    expect(kills).toBe(3);
    expect(await server.client.task.get.query({ taskId: deadly.taskId })).toMatchObject({
      state: "failed",
      reason: "orphaned",
    });
    expect((await server.client.task.get.query({ taskId: next.taskId })).state).toBe("completed");
    assertLogHolds(await readLog(server.client, sessionId));
  });
});
