import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { appendTool } from "./testing/append-tool.ts";
import { RawBench } from "./testing/raw-bench.ts";
import { type RawAnswer, sse } from "./testing/raw-provider.ts";

const begin = sse.delta({ role: "assistant", content: "Begin" });
const half = sse.delta({
  tool_calls: [
    { index: 0, id: "x", type: "function", function: { name: "bash", arguments: '{"command":"echo r' } },
  ],
});
const bash = sse.delta({
  tool_calls: [{ index: 0, id: "x", function: { name: "bash", arguments: '{"command":"echo ran"}' } }],
});

/** Every answer is this one. */
const always = (answer: RawAnswer): RawAnswer[] => Array.from({ length: 6 }, () => answer);

describe("K1: an error in an answer is never a success, and is told in its own words", () => {
  test.each<[string, string, string, string]>([
    [
      "A13b text",
      begin + sse.event({ error: "overloaded" }) + sse.DONE,
      "overloaded",
      "provider_unavailable",
    ],
    ["object", begin + sse.event({ error: { message: "overloaded" } }), "overloaded", "provider_unavailable"],
    [
      "vLLM",
      begin + sse.event({ object: "error", message: "engine died" }) + sse.DONE,
      "engine died",
      "provider_stream_error",
    ],
    [
      "event: error",
      `${begin}event: error\ndata: {"message":"engine died"}\n\n${sse.DONE}`,
      "engine died",
      "provider_stream_error",
    ],
    [
      "event: error, plain",
      `${begin}event: error\ndata: engine died\n\n${sse.DONE}`,
      "engine died",
      "provider_stream_error",
    ],
    [
      "detail",
      begin + sse.event({ detail: "engine died" }) + sse.DONE,
      "engine died",
      "provider_stream_error",
    ],
    [
      "errors",
      begin + sse.event({ errors: [{ message: "engine died" }] }) + sse.DONE,
      "engine died",
      "provider_stream_error",
    ],
    [
      "Groq",
      begin + sse.event({ x_groq: { error: "over_capacity" }, choices: [] }),
      "over_capacity",
      "provider_stream_error",
    ],
    [
      "A13d of the choice",
      begin +
        sse.event({
          choices: [
            {
              index: 0,
              delta: { content: "" },
              finish_reason: "error",
              error: { code: 429, message: "slow down" },
            },
          ],
        }) +
        sse.DONE,
      "slow down",
      "provider_rate_limited",
    ],
    [
      "beside a whole answer",
      begin +
        sse.event({
          choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
          error: { message: "engine died" },
        }) +
        sse.DONE,
      "engine died",
      "provider_stream_error",
    ],
    [
      "after the end",
      begin + sse.delta({}, "stop") + sse.event({ error: { message: "engine died" } }),
      "engine died",
      "provider_stream_error",
    ],
    [
      "wrapped",
      begin + sse.event({ error: { message: '{"error":{"message":"engine died"}}' } }),
      "engine died",
      "provider_stream_error",
    ],
  ])("%s", async (_name, answer, words, code) => {
    await using raw = await RawBench.create(always(answer));
    expect(await raw.run("go")).toMatchObject({
      type: "failed",
      error: { code, message: expect.stringContaining(words) as string },
    });
    expect(raw.provider.requests).toHaveLength(5);
    for (const notice of raw.notices)
      expect(notice).toMatch(new RegExp(`${words}.* — retrying in .* s \\(\\d of 5\\)$`));
    expect(raw.log.of("text.ended").every(({ text }) => text === "Begin")).toBe(true);
  });

  test.each<[string, unknown, string]>([
    ["401", { error: { code: 401, message: "bad key" } }, "provider_auth"],
    ["402", { error: { code: 402, message: "pay first" } }, "provider_quota"],
    ["by its type", { error: { type: "insufficient_quota", message: "pay first" } }, "provider_quota"],
    ["by its code", { error: { code: "invalid_api_key", message: "no" } }, "provider_auth"],
    ["too long", { error: { code: "context_length_exceeded", message: "no" } }, "context_overflow"],
  ])("K8: %s in a stream is not tried again", async (_name, error, code) => {
    await using raw = await RawBench.create(always(begin + sse.event(error)));
    expect(await raw.run("go")).toMatchObject({ type: "failed", error: { code, retryable: false } });
    expect(raw.provider.requests).toHaveLength(1);
  });
});

describe("K1: an answer that nobody can see is none", () => {
  test.each<[string, string]>([
    ["A15a nothing", sse.delta({}, "stop") + sse.DONE],
    ["A15b thoughts alone", sse.delta({ reasoning_content: "I will now write it." }) + sse.END],
    ["A15c a call that was announced", sse.CALLS],
    ["words, and a call that was announced", begin + sse.CALLS],
    ["white space", sse.delta({ content: " \n" }) + sse.END],
    ["[DONE] alone", sse.DONE],
    ["null", sse.delta({ role: "assistant", content: null }) + sse.END],
    ["A20c a thought without an end", sse.text("<think>\nFirst I look. And no end")],
    [
      "an empty document",
      JSON.stringify({ choices: [{ message: { role: "assistant", content: "" }, finish_reason: "stop" }] }),
    ],
  ])("%s", async (_name, answer) => {
    await using raw = await RawBench.create([answer, sse.text("at last")]);
    expect(await raw.run("go")).toMatchObject({ type: "completed", result: "at last" });
    expect(raw.notices).toHaveLength(1);

    await using never = await RawBench.create(always(answer));
    expect(await never.run("go")).toMatchObject({ type: "failed", error: { code: "provider_no_answer" } });
    expect(never.provider.requests).toHaveLength(3);

    await using after = await RawBench.create([sse.call("bash", { command: "echo 1" }), ...always(answer)]);
    expect(await after.run("go")).toMatchObject({ type: "failed", error: { code: "provider_no_answer" } });
  });

  test("the output limit before any word", async () => {
    await using raw = await RawBench.create(
      always(sse.delta({ reasoning_content: "hm" }) + sse.delta({}, "length") + sse.DONE),
    );
    expect(await raw.run("go")).toMatchObject({
      type: "failed",
      error: { code: "provider_no_answer", retryable: false },
    });
  });

  test.each<[string, string]>([
    ["a refusal", sse.delta({ refusal: "I can't help with that." }) + sse.END],
    [
      "a refusal as a part",
      sse.delta({ content: [{ type: "refusal", refusal: "I can't help with that." }] }) + sse.END,
    ],
    ["the filter", begin + sse.delta({}, "content_filter") + sse.DONE],
    ["safety", begin + sse.delta({}, "SAFETY") + sse.DONE],
    ["zhipu's", begin + sse.delta({}, "sensitive") + sse.DONE],
  ])("%s fails at once", async (_name, answer) => {
    await using raw = await RawBench.create(always(answer));
    expect(await raw.run("go")).toMatchObject({
      type: "failed",
      error: { code: "provider_refused", retryable: false },
    });
    expect(raw.provider.requests).toHaveLength(1);
  });

  test("A15-message: a whole message within a stream is the answer", async () => {
    const chunk = {
      id: "c1",
      choices: [{ index: 0, message: { role: "assistant", content: "in message" }, finish_reason: "stop" }],
    };
    await using raw = await RawBench.create([sse.event(chunk) + sse.DONE]);
    expect(await raw.run("go")).toMatchObject({ type: "completed", result: "in message" });
  });

  test.each([
    '<|channel|>commentary to=functions.bash <|constrain|>json<|message|>{"command":"ls"}<|call|>',
    "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>commentary to=functions.bash<|message|>{}<|call|>",
  ])("a call that came as text is none: %s", async (words) => {
    await using raw = await RawBench.create(always(sse.text(words)));
    expect(await raw.run("go")).toMatchObject({ type: "failed", error: { code: "provider_leaked_call" } });
  });
});

describe("K1: a call is executed only where its answer is whole", () => {
  test.each<[string, string]>([
    ["an end without a reason", bash],
    ["half its input, and an end without a reason", half],
    ["an error", bash + sse.delta({}, "error")],
    ["a reason that nobody knows", bash + sse.delta({}, "moonrise") + sse.DONE],
    ["malformed", bash + sse.delta({}, "MALFORMED_FUNCTION_CALL") + sse.DONE],
    ["aborted", bash + sse.delta({}, "abort") + sse.DONE],
    ["garbage", `${bash}data: {"choices":\n\n${sse.CALLS}`],
    ["an error chunk", bash + sse.event({ error: { message: "no" } }) + sse.CALLS],
    [
      "half a document",
      '{"choices":[{"message":{"content":"a","tool_calls":[{"id":"x","function":{"name":"bash","arguments":"{}"}}]},"finish_re',
    ],
  ])("%s", async (_name, answer) => {
    await using raw = await RawBench.create([answer, sse.text("done")]);
    expect(await raw.run("go")).toMatchObject({ type: "completed", result: "done" });
    expect(raw.log.of("tool.called")).toEqual([]);
    expect(raw.notices).toHaveLength(1);
  });

  test.each(["half", "whole"] as const)("cut at the output limit: refused, %s", async (which) => {
    await using raw = await RawBench.create([
      (which === "half" ? half : bash) + sse.delta({}, "length") + sse.DONE,
    ]);
    expect(await raw.run("go")).toMatchObject({ type: "completed" });
    expect(raw.log.of("tool.ended")[0]).toMatchObject({ status: "failed", durationMs: 0 });
  });

  test("[DONE] behind half an input: the model reads that it was no JSON", async () => {
    await using raw = await RawBench.create([half + sse.DONE]);
    expect(await raw.run("go")).toMatchObject({ type: "completed" });
    expect(raw.log.of("tool.ended")[0]?.output).toContain("no valid JSON");
  });
});

const CALL = sse.delta({
  tool_calls: [{ index: 0, id: "x", function: { name: "append", arguments: '{"li' } }],
});
const WHOLE =
  sse.delta({ role: "assistant", reasoning_content: "hm 😀" }) +
  sse.delta({ content: "Before é. " }) +
  CALL +
  sse.delta({ tool_calls: [{ index: 0, function: { arguments: 'ne":7}' } }] }) +
  sse.CALLS;

/** Runs per session: a request carries all of its session before it. */
const RUNS = 50;

test("K1: a stream that is cut after any byte is never whole", async () => {
  const bytes = Buffer.from(WHOLE);
  for (let from = 0; from < bytes.length; from += RUNS) {
    const lengths = Array.from({ length: Math.min(RUNS, bytes.length - from) }, (_, index) => from + index);
    await using raw = await RawBench.create(
      lengths.flatMap((length): RawAnswer[] => [
        { body: bytes.subarray(0, length), cut: true },
        sse.text("cut"),
      ]),
    );
    const tools = [appendTool(raw.bench.toolBench.path("lines"))];
    for (const length of lengths) {
      expect(await raw.run("go", { tools }), `${length} bytes`).toMatchObject({ result: "cut" });
    }
    expect(raw.log.of("tool.called")).toEqual([]);
  }
  await using raw = await RawBench.create([WHOLE, sse.text("whole")]);
  const file = raw.bench.toolBench.path("lines");
  expect(await raw.run("go", { tools: [appendTool(file)] })).toMatchObject({ result: "whole" });
  expect(await readFile(file, "utf8")).toBe("7\n");
});

test("K1: an end before the reason is none, also where the connection's end is the body's", async () => {
  const bytes = Buffer.from(WHOLE);
  const reasonAt = WHOLE.indexOf(sse.CALLS);
  const lengths = [0, 1, 40, reasonAt - 1, reasonAt, reasonAt + 20, bytes.indexOf('"tool_calls"}') - 2];
  await using raw = await RawBench.create(
    lengths.flatMap((length) => [
      {
        headers: {
          "content-type": "text/event-stream",
          connection: "close",
          "transfer-encoding": "identity",
        },
        body: bytes.subarray(0, length),
      },
      sse.text("cut"),
    ]),
  );
  for (const length of lengths) {
    expect(await raw.run("go", { tools: [appendTool("none")] }), `${length} bytes`).toMatchObject({
      result: "cut",
    });
  }
});
