import { describe, expect, test } from "vitest";
import { RawBench } from "./testing/raw-bench.ts";
import { type RawAnswer, type RawBody, type RawReply, sse } from "./testing/raw-provider.ts";

const json = (body: unknown, status = 200): RawReply => ({
  status,
  headers: { "content-type": "application/json" },
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const always = (answer: RawAnswer): RawAnswer[] => Array.from({ length: 6 }, () => answer);
const hello = sse.delta({ role: "assistant", content: "All well." });
const completion = (message: object, finish: string | null = "stop") => ({
  id: "c1",
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: finish }],
});

describe("K3: what servers send, taken as it is meant", () => {
  test.each<[string, string | RawReply]>([
    ["A2a no reason but [DONE]", hello + sse.DONE],
    [
      "A2d usage, no reason",
      hello + sse.event({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5 } }) + sse.DONE,
    ],
    ["a reason, no [DONE]", hello + sse.delta({}, "stop")],
    ["A4-errornull", sse.delta({ content: "All well." }, null, { error: null }) + sse.END],
    ["an empty error", sse.delta({ content: "All well." }, null, { error: {} }) + sse.END],
    [
      "A4-usagetext",
      sse.delta({ content: "All well." }, null, { usage: { prompt_tokens: "10", completion_tokens: "5" } }) +
        sse.END,
    ],
    ["usage of nonsense", sse.delta({ content: "All well." }, null, { usage: "much" }) + sse.END],
    ["A14c a document", json(completion({ content: "All well." }))],
    ["a document that calls itself a stream", JSON.stringify(completion({ content: "All well." }))],
    [
      "a stream that calls itself JSON",
      { headers: { "content-type": "application/json" }, body: hello + sse.END },
    ],
    ["a stream without a type", { headers: {}, body: hello + sse.END }],
    ["CRLF", (hello + sse.END).replaceAll("\n", "\r\n")],
    ["no space behind data:", (hello + sse.END).replaceAll("data: ", "data:")],
    ["a BOM", `\ufeff${hello}${sse.END}`],
    [
      "comments, ids, types and pings",
      `: OPENROUTER PROCESSING\n\nid: 1\nevent: message\n${hello}event: ping\ndata: {}\n\n:\n\n${sse.END}`,
    ],
    ["no empty line at the end", `${hello}data: [DONE]`],
    [
      "one line each",
      `${JSON.stringify({ choices: [{ delta: { content: "All " } }] })}\n${JSON.stringify({ choices: [{ delta: { content: "well." }, finish_reason: "stop" }] })}\n`,
    ],
    ["parts", sse.delta({ content: [{ type: "text", text: "All well." }] }) + sse.END],
    ["one part", sse.delta({ content: { type: "text", text: "All well." } }) + sse.END],
    ["legacy text", sse.event({ choices: [{ index: 0, text: "All well.", finish_reason: "stop" }] })],
    ["an index as text", sse.event({ choices: [{ index: "0", delta: { content: "All well." } }] }) + sse.END],
    [
      "a choice that is no list",
      sse.event({ choices: { delta: { content: "All well." }, finish_reason: "stop" } }) + sse.DONE,
    ],
    [
      "the whole message at the end again",
      hello +
        sse.event({ choices: [{ index: 0, message: { content: "All well." }, finish_reason: "stop" }] }) +
        sse.DONE,
    ],
    [
      "filter results of Azure first",
      sse.event({ choices: [], prompt_filter_results: [] }) + hello + sse.END,
    ],
    ["reasons of other dialects", hello + sse.delta({}, "end_turn") + sse.DONE],
    ["a reason in capitals", hello + sse.delta({}, "STOP") + sse.DONE],
    ["an empty reason", hello + sse.delta({}, "") + sse.DONE],
    ["null as text", hello + sse.delta({}, "null") + sse.DONE],
    [
      "chunks in a list",
      sse.event([{ choices: [{ delta: { content: "All well." }, finish_reason: "stop" }] }]),
    ],
  ])("%s", async (_name, answer) => {
    await using raw = await RawBench.create([answer]);
    expect(await raw.run("go")).toMatchObject({ type: "completed", result: "All well." });
    expect(raw.notices).toEqual([]);
    expect(raw.provider.requests).toHaveLength(1);
  });

  test("counts as texts are counts", async () => {
    await using raw = await RawBench.create([
      sse.delta({ content: "a" }, "stop", {
        usage: { prompt_tokens: "10", completion_tokens: "5", prompt_tokens_details: { cached_tokens: "3" } },
      }),
    ]);
    await raw.run("go");
    expect(raw.log.of("step.ended")).toMatchObject([
      { usage: { inputTokens: 10, outputTokens: 5, cachedInputTokens: 3 } },
    ]);
  });

  const command = { command: "echo hi" };
  const list = (...calls: object[]): string => sse.delta({ tool_calls: calls }) + sse.CALLS;
  test.each<[string, string | RawReply, number]>([
    [
      "A4a arguments as an object",
      list({ index: 0, id: "c1", function: { name: "bash", arguments: command } }),
      1,
    ],
    [
      "A4e an index as text",
      list({ index: "0", id: "c1", function: { name: "bash", arguments: '{"command":"echo hi"}' } }),
      1,
    ],
    ["no index", list({ id: "c1", function: { name: "bash", arguments: command } }), 1],
    [
      "one call that is no list",
      sse.delta({ tool_calls: { id: "c1", function: { name: "bash", arguments: command } } }) + sse.CALLS,
      1,
    ],
    [
      "no id and no index, twice",
      list(
        { function: { name: "bash", arguments: command } },
        { function: { name: "bash", arguments: command } },
      ),
      2,
    ],
    [
      "one index for two",
      list(
        { index: 0, id: "a", function: { name: "bash", arguments: command } },
        { index: 0, id: "b", function: { name: "bash", arguments: command } },
      ),
      2,
    ],
    [
      "the reason stop",
      sse.delta({ tool_calls: [{ index: 0, id: "a", function: { name: "bash", arguments: command } }] }) +
        sse.END,
      1,
    ],
    [
      "[DONE] alone",
      sse.delta({ tool_calls: [{ index: 0, id: "a", function: { name: "bash", arguments: command } }] }) +
        sse.DONE,
      1,
    ],
    [
      "function_call",
      sse.delta({ function_call: { name: "bash", arguments: '{"command":' } }) +
        sse.delta({ function_call: { arguments: '"echo hi"}' } }) +
        sse.delta({}, "function_call") +
        sse.DONE,
      1,
    ],
    [
      "a document",
      json(
        completion(
          {
            content: null,
            tool_calls: [
              { id: "a", type: "function", function: { name: "bash", arguments: '{"command":"echo hi"}' } },
            ],
          },
          "tool_calls",
        ),
      ),
      1,
    ],
    [
      "id and name in every piece",
      sse.delta({
        tool_calls: [{ index: 0, id: "a", function: { name: "bash", arguments: '{"command":' } }],
      }) +
        sse.delta({
          tool_calls: [{ index: 0, id: "a", function: { name: "bash", arguments: '"echo hi"}' } }],
        }) +
        sse.CALLS,
      1,
    ],
    [
      "an empty call beside it",
      list({ index: 0, id: "a", function: { name: "bash", arguments: command } }, { index: 1, function: {} }),
      1,
    ],
    [
      "the whole call at the end again",
      sse.delta({
        tool_calls: [{ index: 0, id: "a", function: { name: "bash", arguments: '{"command":"echo hi"}' } }],
      }) + list({ index: 0, id: "a", function: { name: "bash", arguments: '{"command":"echo hi"}' } }),
      1,
    ],
    [
      "a string in a string",
      list({
        index: 0,
        id: "a",
        function: { name: "bash", arguments: JSON.stringify('{"command":"echo hi"}') },
      }),
      1,
    ],
  ])("K3: a call: %s", async (_name, answer, count) => {
    await using raw = await RawBench.create([answer]);
    expect(await raw.run("go")).toMatchObject({ type: "completed", result: "done" });
    expect(raw.log.of("tool.ended").map(({ output }) => output)).toEqual(
      Array.from({ length: count }, () => "hi\n"),
    );
    const sent = raw.provider.requests[1]!.body.messages.flatMap(({ tool_calls = [] }) => tool_calls);
    expect(sent.map((call) => call.function.arguments)).toEqual(
      Array.from({ length: count }, () => '{"command":"echo hi"}'),
    );
  });
});

describe("K4: a request that a server cannot take is made so that it can", () => {
  test("A12: stream_options, once for all", async () => {
    const strict: RawAnswer = (body) =>
      body["stream_options"] === undefined
        ? sse.text("ok")
        : json({ detail: [{ loc: ["body", "stream_options"], msg: "not known here" }] }, 422);
    await using raw = await RawBench.create(always(strict));
    expect(await raw.run("go")).toMatchObject({ result: "ok" });
    expect(await raw.run("again")).toMatchObject({ result: "ok" });
    expect(raw.provider.requests.map(({ body }) => "stream_options" in body)).toEqual([true, false, false]);
    expect(raw.notices).toEqual([]);
  });

  test("A6: no bound that a grammar cannot bear, no dialect", async () => {
    await using raw = await RawBench.create([sse.text("ok")]);
    await raw.run("go");
    const tools = JSON.stringify(raw.provider.requests[0]!.body["tools"]);
    expect(tools).toContain('"maxLength"');
    expect(tools).not.toMatch(/"(?:max|min)(?:Length|Items)":(?:[2-9]\d{3}|\d{5})/);
    expect(tools).not.toMatch(/\$schema|9007199254740991/);
  });

  const refuse =
    (test_: (body: RawBody) => boolean, message: string): RawAnswer =>
    (body) =>
      test_(body) ? json({ error: { message } }, 400) : sse.text("ok");
  test.each<[string, RawAnswer, object]>([
    [
      "max_tokens",
      refuse(
        (body) => "max_tokens" in body,
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      ),
      { maxOutputTokens: 50 },
    ],
    [
      "max tokens of any name",
      refuse((body) => "max_tokens" in body || "max_completion_tokens" in body, "unknown field max_tokens"),
      { maxOutputTokens: 50 },
    ],
    [
      "keywords of schemas",
      refuse(
        (body) => /additionalProperties|maxLength|"minimum"/.test(JSON.stringify(body["tools"])),
        "Invalid JSON schema: additionalProperties is not supported",
      ),
      {},
    ],
    [
      "the system role",
      refuse((body) => body.messages.some(({ role }) => role === "system"), "System role not supported"),
      {},
    ],
    ["streams", refuse((body) => body["stream"] === true, "stream is not supported by this model"), {}],
  ])("%s", async (_name, answer, config) => {
    await using raw = await RawBench.create(always(answer), config);
    expect(await raw.run("go")).toMatchObject({ type: "completed", result: "ok" });
    const before = raw.provider.requests.length;
    expect(await raw.run("again")).toMatchObject({ type: "completed", result: "ok" });
    expect(raw.provider.requests.length - before).toBe(1);
  });

  test("what it does not take at all ends in its own words", async () => {
    await using raw = await RawBench.create(
      always(json({ error: { message: "this model does not support tools" } }, 400)),
    );
    expect(await raw.run("go")).toMatchObject({
      error: {
        code: "provider_bad_request",
        message: expect.stringContaining("does not support tools") as string,
      },
    });
  });
});

describe("K5: signs of life", () => {
  test("comments, empty chunks and spaces keep an answer alive", async () => {
    const beats = Array.from({ length: 5 }, (_, index) => [
      new Promise((resolve) => setTimeout(resolve, 200 * (index + 1))),
      ": alive\n\n",
    ]).flat();
    const body = [sse.delta({ role: "assistant", content: "" }), ...beats, sse.text("late")];
    await using raw = await RawBench.create([{ body }], { patience: { startMs: 600, idleMs: 600 } });
    expect(await raw.run("go")).toMatchObject({ result: "late" });
    expect(raw.provider.requests).toHaveLength(1);
  });
});

describe("K7: inputs that are nearly right", () => {
  test("A9-null: null is absent, again and again", async () => {
    await using raw = await RawBench.create(
      Array.from({ length: 9 }, (_, n) =>
        sse.call("list_files", { path: null, depth: null, glob: null }, `n${n}`),
      ).slice(0, 7),
    );
    expect(await raw.run("go")).toMatchObject({ type: "completed", result: "done" });
    expect(raw.log.of("tool.ended").every(({ status }) => status === "succeeded")).toBe(true);
  });

  test.each<[string, string, object]>([
    ["A9-extra", "bash", { command: "echo hi", description: "Say hi" }],
    ["a number as text", "bash", { command: "echo hi", timeoutSeconds: "20" }],
    ["null for what is absent", "bash", { command: "echo hi", timeoutSeconds: null }],
  ])("%s", async (_name, tool, input) => {
    await using raw = await RawBench.create([sse.call(tool, input)]);
    expect(await raw.run("go")).toMatchObject({ type: "completed" });
    expect(raw.log.of("tool.ended")[0]).toMatchObject({ status: "succeeded", output: "hi\n" });
  });

  test.each([{}, { command: null }, { command: {} }, { command: ["ls"] }])(
    "still refused: %o",
    async (input) => {
      await using raw = await RawBench.create([sse.call("bash", input)]);
      await raw.run("go");
      expect(raw.log.of("tool.ended")[0]).toMatchObject({ status: "failed", durationMs: 0 });
    },
  );
});
