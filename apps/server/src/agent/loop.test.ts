import { readFile } from "node:fs/promises";
import { assertLogHolds, say } from "@trunkline/testkit";
import { expect, test } from "vitest";
import { createPrices } from "../usage/prices.ts";
import { RunBench } from "./testing/run-bench.ts";

const PARTIAL = { allowUnfinished: true };

test("text and reasoning stream as deltas and end as a whole, with the step's usage", async () => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(
    say.reply(
      say.reasoning("Let me ", "think."),
      say.text("Hel", "lo"),
      say.usage({ promptTokens: 11, completionTokens: 22, reasoningTokens: 5, cachedTokens: 3 }),
    ),
  );
  const taskId = bench.log.begin("hi");
  const outcome = await bench.run(taskId);
  const usage = { inputTokens: 11, outputTokens: 22, reasoningTokens: 5, cachedInputTokens: 3 };
  expect(outcome).toEqual({ type: "completed", result: "Hello" });
  const commits = bench.log.commits.map((commit) => commit.map(({ type }) => type).join(" ")).slice(2);
  // Pieces that arrive together are merged.
  expect(commits.filter((types, index) => types !== commits[index - 1])).toEqual([
    "step.started",
    "reasoning.delta",
    "reasoning.ended",
    "text.delta",
    "text.ended step.ended",
  ]);
  expect(bench.log.of("step.ended")).toEqual([
    {
      step: 1,
      model: "openai-compatible:fake",
      usage: { ...usage, costUsd: null },
      finishReason: "stop",
      toolCalls: [],
      workedMs: 0,
    },
  ]);
  assertLogHolds(bench.log.events, PARTIAL);
});

test("tool calls that come in fragments are executed in order, and the model reads what came of them", async () => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(
    say.reply(
      say.text("On it."),
      say.toolCall("write_file", { path: "notes.txt", content: 'line "one"\nline two\n' }, { fragments: 9 }),
      say.toolCall("bash", { command: "cat notes.txt; exit 4" }, { fragments: 4 }),
    ),
    say.reply(say.text("Done.")),
  );
  const taskId = bench.log.begin("write and read");
  expect(await bench.run(taskId)).toMatchObject({ type: "completed", result: "Done." });

  expect(await readFile(bench.toolBench.path("notes.txt"), "utf8")).toBe('line "one"\nline two\n');
  expect(bench.log.of("tool.ended")).toMatchObject([
    { status: "succeeded", output: "created notes.txt: 20 bytes, 2 lines" },
    { status: "failed", output: 'line "one"\nline two\n', exitCode: 4 },
  ]);
  expect(bench.log.of("file.changed")).toEqual([
    { path: "notes.txt", change: "created", additions: 2, deletions: 0 },
  ]);
  const order = bench.log.types.filter((type) => type.startsWith("tool.") || type.startsWith("step."));
  expect(order).toEqual([
    "step.started",
    "step.ended",
    "tool.called",
    "tool.ended",
    "tool.called",
    "tool.ended",
    "step.started",
    "step.ended",
  ]);
  expect(bench.provider.requests[1]!.messages.slice(2)).toMatchObject([
    {
      role: "assistant",
      content: "On it.",
      tool_calls: [{ function: { name: "write_file" } }, { function: { name: "bash" } }],
    },
    { role: "tool", content: "created notes.txt: 20 bytes, 2 lines" },
    { role: "tool", content: 'line "one"\nline two\n[exit code 4]' },
  ]);
  expect(bench.provider.requests[0]!.tools.map((tool) => tool.function.name)).toEqual([
    "bash",
    "processes",
    "read_file",
    "write_file",
    "edit_file",
    "apply_patch",
    "list_files",
    "glob",
    "grep",
    "plan",
    "web_fetch",
  ]);
  assertLogHolds(bench.log.events, PARTIAL);
});

test("calls that no tool can take are answered with what is wrong, and the run goes on", async () => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(
    say.reply(
      say.toolCallFragments("bash", ['{"command": ', "ls}"]),
      say.toolCall("no_such_tool", {}),
      say.toolCall("bash", { command: { text: "ls" }, timeoutSeconds: "soon" }),
      say.toolCall("list_files", [1]),
      say.toolCallFragments("list_files", [""]),
    ),
    say.reply(say.text("Sorry.")),
  );
  expect(await bench.run(bench.log.begin("go"))).toMatchObject({ type: "completed", result: "Sorry." });
  const outputs = bench.log.of("tool.ended").map(({ status, output }) => `${status}: ${output}`);
  expect(outputs).toEqual([
    expect.stringContaining("failed: The input is no valid JSON"),
    expect.stringMatching(
      /failed: There is no tool 'no_such_tool'. The tools are: bash, processes, read_file/,
    ),
    expect.stringMatching(/failed: The input does not fit the tool bash:[^]*command[^]*timeoutSeconds/),
    expect.stringContaining("must be a JSON object"),
    "succeeded: (empty directory)",
  ]);
  // Arguments are sent back as objects, which providers insist on.
  const { tool_calls: calls } = bench.provider.requests[1]!.messages[2] as {
    tool_calls: { function: { arguments: string } }[];
  };
  expect(calls.map((call) => typeof (JSON.parse(call.function.arguments) as unknown))).toEqual(
    Array(5).fill("object"),
  );
  assertLogHolds(bench.log.events, PARTIAL);
});

test("a model that only makes calls that no tool can take is stopped", async () => {
  await using bench = await RunBench.create({
    respond: () => say.reply(say.toolCallFragments("bash", ["{"])),
  });
  expect(await bench.run(bench.log.begin("go"))).toMatchObject({
    type: "failed",
    reason: "error",
    error: { code: "tool_calls_invalid", retryable: false },
  });
  expect(bench.provider.requests).toHaveLength(8);
});

test("a model that repeats one call for ever is stopped; one whose results change is not", async () => {
  await using bench = await RunBench.create({
    respond: () => say.reply(say.toolCall("bash", { command: "echo same" })),
  });
  expect(await bench.run(bench.log.begin("loop"))).toMatchObject({
    type: "failed",
    error: { code: "tool_loop" },
  });
  expect(bench.provider.requests).toHaveLength(8);

  bench.provider.respond = () => say.reply(say.toolCall("bash", { command: "echo x >> log; wc -l < log" }));
  expect(await bench.run(bench.log.begin("loop"), { budget: { maxSteps: 12 } })).toMatchObject({
    type: "failed",
    reason: "budget",
  });
  expect(await readFile(bench.toolBench.path("log"), "utf8")).toBe("x\n".repeat(12));
});

test("ids of calls are unique in the session, whatever the provider sends", async () => {
  await using bench = await RunBench.create();
  const twice = say.reply(
    say.toolCall("bash", { command: "echo a" }, { id: "call_0" }),
    say.toolCall("bash", { command: "echo b" }, { id: "call_0" }),
    say.toolCall("bash", { command: "echo c" }, { id: "x".repeat(500) }),
  );
  bench.provider.enqueue(twice, twice, say.reply(say.text("ok")));
  await bench.run(bench.log.begin("go"));
  const ids = bench.log.of("tool.called").map(({ callId }) => callId);
  expect(new Set(ids).size).toBe(6);
  expect(Math.max(...ids.map((id) => id.length))).toBeLessThanOrEqual(200);
  expect(bench.log.of("tool.ended").map(({ output }) => output)).toEqual([
    "a\n",
    "b\n",
    "c\n",
    "a\n",
    "b\n",
    "c\n",
  ]);
});

test("calls of an answer that was cut at the output limit are not executed, though they look whole", async () => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(
    say.reply(say.toolCall("bash", { command: "echo no > ran" }), say.finish("length")),
    say.reply(say.text("short")),
    say.reply(say.text("cut sho"), say.finish("length")),
  );
  expect(await bench.run(bench.log.begin("go"))).toMatchObject({ type: "completed", result: "short" });
  expect(bench.log.of("tool.ended")).toMatchObject([
    { status: "failed", output: expect.stringContaining("Not run") as string },
  ]);
  await expect(readFile(bench.toolBench.path("ran"))).rejects.toThrow("ENOENT");
  expect(await bench.run(bench.log.begin("more"))).toMatchObject({ type: "completed", result: "cut sho" });
  expect(bench.log.of("notice")).toEqual([
    { level: "warning", message: "The answer was cut at the model's output limit" },
  ]);
});

test("a tool that throws is a failed call, and the run goes on", async () => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(
    say.reply(say.toolCall("read_file", { path: "../x" })),
    say.reply(say.text("I see.")),
  );
  expect(await bench.run(bench.log.begin("go"))).toMatchObject({ type: "completed", result: "I see." });
  expect(bench.log.of("tool.ended")).toMatchObject([
    { status: "failed", output: "../x: outside the workspace. File tools reach only what is in it" },
  ]);
});

test("budgets: steps, tokens and time end the task, with what was spent", async () => {
  await using bench = await RunBench.create({
    respond: (_request, call) =>
      say.reply(
        say.toolCall("bash", { command: `echo ${call}` }),
        say.usage({ promptTokens: 60, completionTokens: 40 }),
      ),
  });
  expect(await bench.run(bench.log.begin("a"), { budget: { maxSteps: 3 } })).toMatchObject({
    type: "failed",
    reason: "budget",
    error: { code: "budget_exceeded" },
  });
  expect(await bench.run(bench.log.begin("b"), { budget: { maxTokens: 150 } })).toMatchObject({
    reason: "budget",
  });
  expect(bench.log.of("budget.exceeded")).toEqual([
    { budget: "steps", limit: 3, spent: 3 },
    { budget: "tokens", limit: 150, spent: 200 },
  ]);
});

test("a budget in money ends the task after the step that used it up, whatever its share", async () => {
  await using bench = await RunBench.create({
    respond: (_request, call) =>
      say.reply(
        say.toolCall("bash", { command: `echo ${call}` }),
        say.usage({ promptTokens: 1_000, completionTokens: 500 }),
      ),
  });
  const prices = createPrices({
    "openai-compatible:fake": { inputUsdPerMillion: 5, outputUsdPerMillion: 30 },
  });
  const outcome = await bench.run(bench.log.begin("a"), { budget: { costUsd: 0.05 }, deps: { prices } });
  expect(outcome).toMatchObject({
    type: "failed",
    reason: "budget",
    error: { code: "budget_exceeded", message: expect.stringContaining("$0.05") as string },
  });
  // Each step costs $0.02.
  expect(bench.log.of("step.ended").map(({ usage }) => usage)).toMatchObject([
    { costUsd: 0.02, priceSource: "operator" },
    { costUsd: 0.02 },
    { costUsd: 0.02 },
  ]);
  expect(bench.log.of("budget.exceeded")).toEqual([{ budget: "cost", limit: 0.05, spent: 0.06 }]);
});

test("a budget in money refuses a model whose price nobody knows, before it is called", async () => {
  await using bench = await RunBench.create();
  const deps = { prices: createPrices() };
  expect(await bench.run(bench.log.begin("a"), { budget: { costUsd: 1 }, deps })).toMatchObject({
    type: "failed",
    reason: "budget",
    error: { code: "price_unknown", message: expect.stringContaining("openai-compatible:fake") as string },
  });
  expect(bench.provider.requests).toEqual([]);
});

test("time runs out in the middle of a tool: it is ended, and on record as canceled", async () => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(say.reply(say.toolCall("bash", { command: "echo begun; sleep 600" })));
  const { systemClock } = await import("./clock.ts");
  const timeUp = Promise.withResolvers<void>();
  const running = bench.run(bench.log.begin("go"), {
    budget: { maxDurationMs: 700 },
    deps: { clock: { ...systemClock, wait: async () => timeUp.promise } },
  });
  await bench.log.waitFor(({ type }) => type === "tool.progress");
  timeUp.resolve();
  const outcome = await running;
  expect(outcome).toMatchObject({
    type: "failed",
    reason: "budget",
    error: { message: expect.stringContaining("0.7 s") as string },
  });
  expect(bench.log.of("tool.ended")).toMatchObject([
    { status: "canceled", output: "begun\n[stopped before it finished]" },
  ]);
  expect(bench.log.types.slice(-2)).toEqual(["tool.ended", "budget.exceeded"]);
  expect(bench.toolBench.records).toEqual([]);
});

test("a follow-up sees the conversation, with one answer for each prompt", async () => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(say.reply(say.reasoning("hm"), say.text("First.")), say.reply(say.text("Second.")));
  await endAs(bench, bench.log.begin("one"));
  await endAs(bench, bench.log.begin("two"));
  expect(bench.provider.requests[1]!.messages.slice(1)).toEqual([
    { role: "user", content: "one" },
    { role: "assistant", content: "First." },
    { role: "user", content: "two" },
  ]);
});

async function endAs(bench: RunBench, taskId: string): Promise<void> {
  const outcome = await bench.run(taskId);
  if (outcome.type !== "completed") throw new Error(JSON.stringify(outcome));
  bench.log.append({ taskId, type: "task.completed", data: { result: outcome.result } });
}
