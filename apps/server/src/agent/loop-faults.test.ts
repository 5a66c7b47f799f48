import { readFile } from "node:fs/promises";
import { assertLogHolds, say } from "@trunkline/testkit";
import { afterEach, expect, test, vi } from "vitest";
import { appendTool } from "./testing/append-tool.ts";
import { LostError } from "./testing/memory-log.ts";
import { RunBench, SECRET } from "./testing/run-bench.ts";

const PARTIAL = { allowUnfinished: true };

afterEach(() => {
  vi.useRealTimers();
});

test("429 and 5xx are retried: as long after as the provider asks, else with a growing wait, each with a notice", async () => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(
    say.reply(say.httpError(429, { message: "slow down", retryAfter: 7 })),
    say.reply(say.httpError(503, { message: "overloaded" })),
    say.reply(say.httpError(500)),
    say.reply(say.httpError(429, { retryAfter: 120 })),
    say.reply(say.text("at last")),
  );
  expect(await bench.run(bench.log.begin("go"))).toMatchObject({ type: "completed", result: "at last" });
  expect(bench.waits.map((ms) => Math.round(ms / 100) * 100)).toEqual([7_000, 1_500, 3_000, 120_000]);
  const notices = bench.log.of("notice");
  expect(notices.map(({ level }) => level)).toEqual(Array(4).fill("warning"));
  expect(notices[0]!.message).toMatch(
    /^Rate limited by the provider \(429: slow down\) — retrying in 7 s \(2 of 5\)$/,
  );
  expect(notices[1]!.message).toMatch(/^Provider error 503: overloaded — retrying in 1.5 s \(3 of 5\)$/);
  expect(bench.log.of("step.started").map(({ step }) => step)).toEqual([1, 1, 1, 1, 1]);
  assertLogHolds(bench.log.events, PARTIAL);
});

test("Retry-After as a date is honoured", async () => {
  await using bench = await RunBench.create();
  // Time stands still: a busy machine may take seconds for the answer.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 0, 1) });
  const date = new Date(Date.now() + 30_000).toUTCString();
  bench.provider.enqueue(say.reply(say.httpError(429, { retryAfter: date })), say.reply(say.text("ok")));
  await bench.run(bench.log.begin("go"));
  expect(bench.waits[0]).toBe(30_000);
});

test("after five tries the task fails, and may be tried again", async () => {
  await using bench = await RunBench.create({
    respond: () => say.reply(say.httpError(529, { message: "busy" })),
  });
  expect(await bench.run(bench.log.begin("go"))).toMatchObject({
    type: "failed",
    reason: "error",
    error: {
      code: "provider_unavailable",
      retryable: true,
      message: expect.stringContaining("busy") as string,
    },
  });
  expect(bench.provider.requests).toHaveLength(5);
});

test.each([
  [401, "provider_auth"],
  [403, "provider_auth"],
  [402, "provider_quota"],
  [404, "model_not_found"],
  [400, "provider_bad_request"],
  [413, "context_overflow"],
])("%i is final: %s, and the key is in no message", async (status, code) => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(say.reply(say.httpError(status, { message: `you sent Bearer ${SECRET}, dear` })));
  const outcome = await bench.run(bench.log.begin("go"));
  expect(outcome).toMatchObject({ type: "failed", error: { code, retryable: false } });
  expect(JSON.stringify([outcome, bench.log.events])).not.toContain(SECRET);
  expect(bench.provider.requests).toHaveLength(1);
  expect(bench.provider.requests[0]!.headers.authorization).toBe(`Bearer ${SECRET}`);
});

test("a key that the provider quotes is cut out before its words are cut off", async () => {
  // The 500-character limit cuts the key in the middle.
  for (const length of [480, 490, 499]) {
    await using bench = await RunBench.create();
    bench.provider.enqueue(say.reply(say.httpError(400, { message: `${"x".repeat(length)}${SECRET}` })));
    const outcome = await bench.run(bench.log.begin("go"));
    expect(outcome).toMatchObject({ type: "failed", error: { code: "provider_bad_request" } });
    expect(JSON.stringify([outcome, bench.log.events])).not.toMatch(/sk-|canary/);
  }
});

test("K8: a key that makes no header is refused at the start, and not quoted", async () => {
  const openaiApiKey = `${SECRET}\ntwo-lines`;
  const thrown: unknown = await RunBench.create({}, { openaiApiKey, model: "openai-compatible:fake" }).catch(
    (error: unknown) => error,
  );
  expect(thrown).toMatchObject({ message: expect.stringContaining("OPENAI_API_KEY") as string });
  expect(String(thrown)).not.toContain("canary");
});

test("a used-up quota is final although it comes as 429", async () => {
  await using bench = await RunBench.create();
  const body = JSON.stringify({
    error: { message: "You exceeded your quota", type: "insufficient_quota", code: "insufficient_quota" },
  });
  bench.provider.enqueue(say.reply(say.httpError(429, { body })));
  expect(await bench.run(bench.log.begin("go"))).toMatchObject({ error: { code: "provider_quota" } });
});

test("a provider that is not there is tried five times", async () => {
  await using bench = await RunBench.create();
  const { url } = bench.provider;
  await bench.provider.close();
  expect(await bench.run(bench.log.begin("go"))).toMatchObject({
    type: "failed",
    error: {
      code: "provider_unreachable",
      retryable: true,
      message: `Cannot reach the provider at ${url} (ECONNREFUSED). Check that it is running and that the address is right (OPENAI_BASE_URL)`,
    },
  });
  expect(bench.log.of("notice")).toHaveLength(4);
});

test("a stream that is cut after any byte is made again, and a call of it is never executed", async () => {
  await using bench = await RunBench.create();
  const file = bench.toolBench.path("lines");
  const whole = say.reply(
    say.reasoning("hm"),
    say.text("Before. "),
    say.toolCall("append", { line: 7 }, { fragments: 3 }),
  );
  const run = async (prompt: string) => {
    const taskId = bench.log.begin(prompt);
    expect(await bench.run(taskId, { tools: [appendTool(file)] })).toMatchObject({
      type: "completed",
      result: "done",
    });
    bench.log.append({ taskId, type: "task.completed", data: { result: "done" } });
  };
  bench.provider.enqueue(whole, say.reply(say.text("done")));
  await run("measure");
  const length = bench.provider.requests[0]!.bodyBytes;
  expect(length).toBeGreaterThan(500);

  let runs = 1;
  for (let bytes = 0; bytes < length; bytes += 17) {
    bench.provider.enqueue(say.cutAfterBytes(bytes, whole), whole, say.reply(say.text("done")));
    await run(`cut after ${bytes} bytes`);
    runs++;
    expect(await readFile(file, "utf8")).toBe("7\n".repeat(runs));
  }
  expect(bench.log.of("notice")).toHaveLength(runs - 1);
  assertLogHolds(bench.log.events, PARTIAL);
});

test("text of a cut answer is closed as it was seen, and the model does not see it again", async () => {
  await using bench = await RunBench.create();
  const seen = Promise.withResolvers<void>();
  bench.provider.enqueue(
    say.reply(say.text("Half an ans"), say.until(seen.promise), say.cut()),
    say.reply(say.text("A whole answer.")),
  );
  const running = bench.run(bench.log.begin("go"));
  await bench.log.waitFor(({ type }) => type === "text.delta");
  seen.resolve();
  expect(await running).toMatchObject({ result: "A whole answer." });
  expect(bench.log.of("text.ended").map(({ text }) => text)).toEqual(["Half an ans", "A whole answer."]);
  expect(new Set(bench.log.of("text.ended").map(({ blockId }) => blockId)).size).toBe(2);
  expect(bench.log.types.slice(2)).toEqual([
    "step.started",
    "text.ended",
    "notice",
    "step.started",
    "text.ended",
    "step.ended",
  ]);
  expect(bench.provider.requests[1]!.messages).toEqual(bench.provider.requests[0]!.messages);
});

test.each([
  ["an error inside the stream", say.errorChunk("overloaded")],
  ["garbage", say.raw("data: {not json\n\n")],
  ["an end without a finish reason", say.end()],
  ["a finish reason that is an error", say.finish("weird_error")],
  ["a finish reason that nobody knows", say.finish("eclipse")],
])("%s after a tool call: nothing is executed, the step is made again", async (_name, fault) => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(
    say.reply(say.text("a"), say.toolCall("bash", { command: "echo ran >> count" }), fault),
  );
  bench.provider.enqueue(say.reply(say.text("done")), say.reply(say.text("done")));
  expect(await bench.run(bench.log.begin("go"))).toMatchObject({ type: "completed", result: "done" });
  expect(bench.log.of("tool.called")).toHaveLength(0);
  expect(bench.log.of("notice")).toHaveLength(1);
});

test("K5: a provider that does not begin, and one that falls silent, are given up and tried again", async () => {
  const long = 600_000;
  const patience = { startMs: 300, idleMs: long };
  await using bench = await RunBench.create({}, { patience });
  bench.provider.enqueue(
    say.reply(say.stall()),
    say.reply(say.text("half"), say.stall()),
    say.reply(say.text("whole")),
  );
  // Only what a try is about has a limit that a busy machine does not keep either.
  const next = [
    { startMs: long, idleMs: 300 },
    { startMs: long, idleMs: long },
  ];
  const wait: typeof instantClock.wait = async (ms, signal) => {
    if (ms <= 3_600_000) Object.assign(patience, next.shift());
    return instantClock.wait(ms, signal);
  };
  const outcome = await bench.run(bench.log.begin("go"), {
    deps: { clock: { ...instantClock, wait } },
  });
  expect(outcome).toMatchObject({ type: "completed", result: "whole" });
  expect(bench.log.of("notice").map(({ message }) => message.split(".  ")[0])).toEqual([
    expect.stringMatching(/did not start to answer within 0.3 s\. TRUNKLINE_MODEL_START_TIMEOUT_SECONDS/),
    expect.stringMatching(/sent nothing for 0.3 s\. TRUNKLINE_MODEL_IDLE_TIMEOUT_SECONDS/),
  ]);
  expect(await Promise.all(bench.provider.requests.map(({ ended }) => ended))).toEqual([
    "aborted",
    "aborted",
    "answered",
  ]);
});

test("an abort in the middle of a stream ends the request at once, and nothing is written after it", async () => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(say.reply(say.text("half"), say.stall()));
  const abort = new AbortController();
  const running = bench.run(bench.log.begin("go"), { signal: abort.signal });
  await bench.log.waitFor(({ type }) => type === "text.delta");
  const before = bench.log.commits.length;
  const reason = new Error("canceled by a test");
  abort.abort(reason);
  await expect(running).rejects.toBe(reason);
  expect(await bench.provider.requests[0]!.ended).toBe("aborted");
  expect(bench.log.commits).toHaveLength(before);
});

test("an abort before the provider answers, and one while a retry waits", async () => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(say.reply(say.stall()), say.reply(say.httpError(429, { retryAfter: 100 })));
  for (const isReady of [
    () => bench.provider.request(1),
    () => bench.log.waitFor(({ type }) => type === "notice"),
  ]) {
    const abort = new AbortController();
    const running = bench.run(bench.log.begin("go"), {
      signal: abort.signal,
      deps: { clock: (await import("./clock.ts")).systemClock },
    });
    await isReady();
    abort.abort(new Error("stop"));
    await expect(running).rejects.toThrow("stop");
  }
});

test("an abort in the middle of a tool ends its processes first", async () => {
  await using bench = await RunBench.create();
  bench.provider.enqueue(
    say.reply(say.toolCall("bash", { command: "trap '' TERM; echo up; setsid sleep 611 & sleep 612" })),
  );
  const abort = new AbortController();
  const running = bench.run(bench.log.begin("go"), { signal: abort.signal });
  await bench.log.waitFor(({ type }) => type === "tool.progress");
  const before = bench.log.commits.length;
  abort.abort(new Error("stop"));
  await expect(running).rejects.toThrow("stop");
  expect(bench.toolBench.records).toEqual([]);
  expect(bench.log.commits).toHaveLength(before);
});

test("a sink that refuses ends the run with its own error, wherever the run stands, and leaves nothing running", async () => {
  await using bench = await RunBench.create({
    respond: ({ messages }) =>
      messages.at(-1)?.role === "tool"
        ? say.reply(say.text("done"))
        : say.reply(say.text("a", "b"), say.toolCall("bash", { command: "echo x; sleep 0.2; echo y" })),
  });
  let completed = false;
  for (let appends = 0; !completed; appends++) {
    bench.log.appendsLeft = Number.POSITIVE_INFINITY;
    const taskId = bench.log.begin("go");
    bench.log.appendsLeft = appends;
    const outcome = await bench.run(taskId).catch((error: unknown) => error);
    expect(bench.log.appendsLeft).toBeGreaterThanOrEqual(0);
    completed = !(outcome instanceof LostError);
    if (completed) expect(outcome).toMatchObject({ type: "completed" });
    expect(bench.toolBench.records).toEqual([]);
  }
  expect(await Promise.all(bench.provider.requests.map(({ ended }) => ended))).not.toContain(null);
});

const instantClock = {
  now: () => performance.now(),
  date: () => Date.now(),
  random: () => 0,
  wait: async (ms: number, signal: AbortSignal) => {
    if (ms > 3_600_000)
      return new Promise<void>((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason as Error)),
      );
  },
};

test("a call that a model's server left in the text is not carried out, and a notice says what to do", async () => {
  await using bench = await RunBench.create();
  const call = '<tool_call>\n{"name": "bash", "arguments": {"command": "ls"}}\n</tool_call>';
  for (const [text, isCall] of [
    [`Let me look.\n${call}\n`, true],
    [`It is written as ${call}, with the name first.`, false],
    ["</tool_call>", false],
  ] as const) {
    bench.provider.enqueue(say.reply(say.text(text)));
    const before = bench.log.of("notice").length;
    expect(await bench.run(bench.log.begin("go"))).toMatchObject({ type: "completed" });
    const notices = bench.log.of("notice").slice(before);
    expect(notices.map(({ message }) => message)).toEqual(
      isCall ? [expect.stringContaining("start it with a tool parser")] : [],
    );
  }
});
