import { readFile } from "node:fs/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { MAX_STEP_CALLS, MAX_STEP_LENGTH } from "./limits.ts";
import { appendTool } from "./testing/append-tool.ts";
import { RawBench } from "./testing/raw-bench.ts";
import { type RawAnswer, RawProvider, sse } from "./testing/raw-provider.ts";
import { RunBench } from "./testing/run-bench.ts";

const calls = (count: number): string =>
  Array.from({ length: count }, (_, index) =>
    sse.delta({
      tool_calls: [{ index, id: `c${index}`, function: { name: "append", arguments: `{"line":${index}}` } }],
    }),
  ).join("") + sse.CALLS;

const saying = (length: number): string => sse.delta({ content: "x".repeat(length / 3) }).repeat(3) + sse.END;

describe("an answer without end is told as such, and not asked for again", () => {
  test.each<[string, RawAnswer, RegExp]>([
    ["more calls than a step takes", calls(MAX_STEP_CALLS + 1), /more than 256 tools in one step/],
    [
      "more fields of a call that nobody knows",
      Array.from({ length: 30 }, (_, index) =>
        sse.delta({ tool_calls: [{ index: 0, id: "c", [`x${index}`]: "x".repeat(100_000) }] }),
      ).join("") + sse.CALLS,
      /more than 2000000 characters in one step/,
    ],
    [
      "an event of more values than an answer has",
      `data: {"choices":[${"{},".repeat(200_000)}{}]}\n\n`,
      /longer than any answer/,
    ],
    ["more words", saying(1.5 * MAX_STEP_LENGTH), /more than 2000000 characters in one step/],
    ["a line that never ends", `data: ${"x".repeat(9_000_000)}`, /longer than any answer/],
    ["a document", `{"x":"${"x".repeat(9_000_000)}`, /longer than any answer/],
    [
      "packed bytes",
      {
        headers: { "content-type": "text/event-stream", "content-encoding": "gzip" },
        body: gzipSync(Buffer.alloc(64_000_000, "data: x")),
      },
      /longer than any answer/,
    ],
  ])("%s", async (_, answer, message) => {
    await using raw = await RawBench.create([answer]);
    const outcome = await raw.run("go", { tools: [appendTool(raw.bench.toolBench.path("lines"))] });
    expect(outcome).toMatchObject({
      type: "failed",
      error: { code: "provider_output_too_long", message: expect.stringMatching(message), retryable: false },
    });
    expect(raw.provider.requests).toHaveLength(1);
    expect(raw.log.of("tool.called")).toEqual([]);
  });

  test("as many calls as a step takes run", async () => {
    await using raw = await RawBench.create([calls(MAX_STEP_CALLS), sse.text("done")]);
    const file = raw.bench.toolBench.path("lines");
    expect(await raw.run("go", { tools: [appendTool(file)] })).toMatchObject({ result: "done" });
    expect((await readFile(file, "utf8")).trim().split("\n")).toHaveLength(MAX_STEP_CALLS);
  });
});

describe("of the SDKs' providers, too", () => {
  const anthropic = (url: string) => ({
    model: "anthropic:claude-sonnet-5",
    anthropicApiKey: "key-of-a-test",
    anthropicBaseUrl: url,
  });

  test("a line that never ends", async () => {
    await using provider = await RawProvider.start(`data: ${"x".repeat(33_000_000)}`);
    await using bench = await RunBench.create({}, anthropic(provider.url));
    expect(await bench.run(bench.log.begin("go"))).toMatchObject({
      type: "failed",
      error: { code: "provider_output_too_long" },
    });
    expect(provider.requests).toHaveLength(1);
  });

  test("an error whose body never ends", async () => {
    const more = Array.from({ length: 50 }, () => "x".repeat(100_000));
    const body = [
      `{"type":"error","error":{"type":"x","message":"no such thing"}}`,
      ...more,
      new Promise(() => {}),
    ];
    await using provider = await RawProvider.start({ status: 400, body });
    await using bench = await RunBench.create({}, anthropic(provider.url));
    expect(await bench.run(bench.log.begin("go"))).toMatchObject({ type: "failed" });
  });
});

describe("a body that is packed although nobody asked for that is unpacked", () => {
  const packed = (coding: string, body: Buffer, status = 200): RawAnswer => ({
    status,
    headers: { "content-type": "text/event-stream", "content-encoding": coding },
    body,
  });

  test("an answer", async () => {
    const text = sse.text("héllo");
    await using raw = await RawBench.create([
      packed("gzip", gzipSync(text)),
      packed("br", brotliCompressSync(text)),
    ]);
    expect(await raw.run("go")).toMatchObject({ result: "héllo" });
    expect(await raw.run("go")).toMatchObject({ result: "héllo" });
  });

  test("an error", async () => {
    const body = gzipSync(JSON.stringify({ error: { message: "no such parameter" } }));
    await using raw = await RawBench.create([packed("gzip", body, 400)]);
    expect(await raw.run("go")).toMatchObject({
      error: { message: expect.stringContaining("no such parameter") },
    });
  });

  test("and counts as cut where its end is missing", async () => {
    const whole = gzipSync(sse.text("whole"));
    await using raw = await RawBench.create([packed("gzip", whole.subarray(0, -12)), sse.text("again")]);
    expect(await raw.run("go")).toMatchObject({ result: "again" });
  });
});
