import { readFile } from "node:fs/promises";
import { assertLogHolds, say } from "@trunkline/testkit";
import { expect, test } from "vitest";
import { appendTool } from "./testing/append-tool.ts";
import { LostError } from "./testing/memory-log.ts";
import { RunBench } from "./testing/run-bench.ts";

const PARTIAL = { allowUnfinished: true };
const FOUR_CALLS = say.reply(
  say.text("Four things to do."),
  ...[1, 2, 3, 4].map((line) => say.toolCall("append", { line }, { id: `call_${line}` })),
);

test("killed at any append, a run is continued: each call takes effect once, but for the one in flight", async () => {
  for (let appends = 0, completed = false; !completed; appends++) {
    await using bench = await RunBench.create();
    const file = bench.toolBench.path("lines");
    const tools = [appendTool(file)];
    bench.provider.respond = ({ messages }) =>
      messages.at(-1)?.role === "tool" ? say.reply(say.text("All four are done.")) : FOUR_CALLS;
    const taskId = bench.log.begin("append four lines");

    bench.log.appendsLeft = appends;
    const first = await bench.run(taskId, { tools }).catch((error: unknown) => error);
    bench.log.appendsLeft = Number.POSITIVE_INFINITY;
    completed = !(first instanceof LostError);
    if (!completed) {
      bench.log.interrupt(taskId);
      bench.log.start(taskId, 2);
      expect(await bench.run(taskId, { tools })).toMatchObject({
        type: "completed",
        result: "All four are done.",
      });
    }

    const statuses = bench.log.of("tool.ended").map(({ status }) => status);
    expect(statuses).toHaveLength(4);
    expect(statuses.filter((status) => status === "interrupted").length).toBeLessThanOrEqual(1);
    const lines = (await readFile(file, "utf8")).trim().split("\n");
    // A call in flight took effect here; it must never do so twice.
    expect(lines).toEqual(["1", "2", "3", "4"]);
    assertLogHolds(bench.log.events, PARTIAL);
  }
});

test("after two of four calls the other two are executed, and the model is not asked before", async () => {
  await using bench = await RunBench.create();
  const file = bench.toolBench.path("lines");
  const taskId = bench.log.begin("append four lines");
  const usage = { inputTokens: 5, outputTokens: 7 };
  const toolCalls = [1, 2, 3, 4].map((line) => ({ callId: `call_${line}`, tool: "append", input: { line } }));
  bench.log.append(
    { taskId, type: "step.started", data: { step: 1, model: "m" } },
    { taskId, type: "text.ended", data: { blockId: "b", text: "Four things." } },
    { taskId, type: "step.ended", data: { step: 1, usage, finishReason: "tool-calls", toolCalls } },
    { taskId, type: "tool.called", data: toolCalls[0]! },
    {
      taskId,
      type: "tool.ended",
      data: { callId: "call_1", status: "succeeded", output: "ok", durationMs: 1 },
    },
    { taskId, type: "tool.called", data: toolCalls[1]! },
  );
  bench.log.interrupt(taskId);
  bench.log.start(taskId, 2);
  bench.provider.enqueue(
    say.reply(say.text("Three for sure."), say.usage({ promptTokens: 10, completionTokens: 1 })),
  );
  expect(await bench.run(taskId, { tools: [appendTool(file)] })).toEqual({
    type: "completed",
    result: "Three for sure.",
  });
  expect(await readFile(file, "utf8")).toBe("3\n4\n");
  expect(bench.provider.requests).toHaveLength(1);
  const results = bench.provider.requests[0]!.messages.filter(({ role }) => role === "tool");
  expect(results.map(({ content }) => content)).toEqual([
    "ok",
    expect.stringContaining("[interrupted: the server stopped while this call ran."),
    "ok",
    "ok",
  ]);
  expect(bench.log.of("step.started").map(({ step }) => step)).toEqual([1, 2]);
});

test("a task whose last step had no calls is complete, without asking the model again", async () => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(say.reply(say.text("All there is to say.")));
  const taskId = bench.log.begin("go");
  const first = await bench.run(taskId);
  bench.log.interrupt(taskId);
  bench.log.start(taskId, 2);
  expect(await bench.run(taskId)).toEqual(first);
  expect(bench.provider.requests).toHaveLength(1);
});

test("steps and time of earlier attempts count against the budget", async () => {
  await using bench = await RunBench.create({
    respond: (_request, call) => say.reply(say.toolCall("bash", { command: `echo ${call}` })),
  });
  const taskId = bench.log.begin("go");
  bench.log.appendsLeft = 12;
  await expect(bench.run(taskId)).rejects.toBeInstanceOf(LostError);
  bench.log.appendsLeft = Number.POSITIVE_INFINITY;
  const steps = bench.log.of("step.ended").length;
  expect(steps).toBeGreaterThan(0);
  bench.log.interrupt(taskId);
  bench.log.start(taskId, 2);
  expect(await bench.run(taskId, { budget: { maxSteps: steps + 1 } })).toMatchObject({ reason: "budget" });
  expect(bench.log.of("step.ended")).toHaveLength(steps + 1);

  bench.log.start(taskId, 3);
  const outcome = await bench.run(taskId, { budget: { maxDurationMs: 1 } });
  expect(outcome).toMatchObject({ type: "failed", reason: "budget" });
  expect(bench.log.of("budget.exceeded").at(-1)).toMatchObject({ budget: "duration", limit: 1 });
});
