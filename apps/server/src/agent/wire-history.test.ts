import { describe, expect, test } from "vitest";
import { RawBench } from "./testing/raw-bench.ts";
import { type RawAnswer, type RawBody, type RawCall, sse } from "./testing/raw-provider.ts";

const LEGAL = /^[a-zA-Z0-9_-]{1,64}$/;

const refused = (message: string) => ({
  status: 400,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ error: { message } }),
});
const callsIn = ({ messages }: RawBody): RawCall[] => messages.flatMap(({ tool_calls = [] }) => tool_calls);
const assistants = ({ messages }: RawBody) => messages.filter(({ role }) => role === "assistant");
/** Answers in words if the history is right. */
const ifHistory =
  (isRight: (body: RawBody) => boolean): RawAnswer =>
  (body) =>
    isRight(body) ? sse.text("ok") : refused("not what I said");

test("K2 A1: a call's extra content goes back as it came, in later tasks too, and not to another model", async () => {
  const extra = { extra_content: { google: { thought_signature: "QUJD" } } };
  const isSigned = (body: RawBody) =>
    callsIn(body).every(
      (call) => JSON.stringify(call["extra_content"]) === JSON.stringify(extra.extra_content),
    );
  await using raw = await RawBench.create([
    sse.call("bash", { command: "echo hi" }, "s1", extra),
    ifHistory(isSigned),
    ifHistory(isSigned),
    sse.text("other"),
  ]);
  expect(await raw.run("go")).toMatchObject({ type: "completed", result: "ok" });
  expect(await raw.run("again")).toMatchObject({ type: "completed", result: "ok" });
  await raw.run("other", { model: "openai-compatible:other" });
  expect(JSON.stringify(raw.provider.requests[3]?.body)).not.toContain("QUJD");
});

test("K2: fields of the call and of its function that nobody knows go back as they came", async () => {
  const call = {
    index: 0,
    id: "s1",
    type: "function",
    signed: [1],
    function: { name: "bash", arguments: "{}", note: { a: 1 } },
  };
  await using raw = await RawBench.create([sse.delta({ tool_calls: [call] }) + sse.CALLS]);
  await raw.run("go");
  expect(callsIn(raw.provider.requests[1]!.body)[0]).toEqual({
    id: "s1",
    type: "function",
    signed: [1],
    function: { name: "bash", arguments: "{}", note: { a: 1 } },
  });
});

describe("K2 A7: reasoning goes back with its call, by the name that it came by", () => {
  test.each(["reasoning_content", "reasoning", "reasoning_text"])("%s", async (field) => {
    const isThere = (body: RawBody) =>
      assistants(body).every((m) => m.tool_calls === undefined || m[field] === "I look first.");
    await using raw = await RawBench.create([
      sse.delta({ [field]: "I look " }) +
        sse.delta({ [field]: "first." }) +
        sse.call("bash", { command: "echo 1" }),
      ifHistory(isThere),
      ifHistory(isThere),
      (body) => (JSON.stringify(body).includes("I look first.") ? refused("not mine") : sse.text("ok")),
    ]);
    expect(await raw.run("go")).toMatchObject({ result: "ok" });
    expect(await raw.run("second")).toMatchObject({ result: "ok" });
    expect(await raw.run("third", { model: "openai-compatible:other" })).toMatchObject({ result: "ok" });
    expect(raw.log.of("reasoning.ended")[0]?.text).toBe("I look first.");
  });

  test("OpenRouter's details, put together again", async () => {
    const details = (detail: object) =>
      sse.delta({ reasoning_details: [{ type: "reasoning.text", index: 0, ...detail }] });
    await using raw = await RawBench.create([
      details({ text: "I look " }) +
        details({ text: "first." }) +
        details({ signature: "c2ln" }) +
        sse.delta({ reasoning_details: [{ type: "reasoning.encrypted", index: 1, data: "AAAA" }] }) +
        sse.call("bash", { command: "echo 1" }),
    ]);
    await raw.run("go");
    expect(assistants(raw.provider.requests[1]!.body)[0]?.["reasoning_details"]).toEqual([
      { type: "reasoning.text", index: 0, text: "I look first.", signature: "c2ln" },
      { type: "reasoning.encrypted", index: 1, data: "AAAA" },
    ]);
    expect(raw.log.of("reasoning.ended")[0]?.text).toBe("I look first.");
  });

  test("a signature of an answer without calls", async () => {
    const extra_content = { google: { thought_signature: "QUJD" } };
    await using raw = await RawBench.create([sse.delta({ content: "Hi", extra_content }) + sse.END]);
    await raw.run("go");
    await raw.run("again");
    expect(assistants(raw.provider.requests[1]!.body)[0]).toEqual({
      role: "assistant",
      content: "Hi",
      extra_content,
    });
  });

  test("a model that wants it of all calls gets it, those of other models too", async () => {
    await using raw = await RawBench.create([
      sse.call("bash", { command: "echo 1" }),
      sse.text("ok"),
      ...Array.from(
        { length: 2 },
        () => (body: RawBody) =>
          assistants(body).some((m) => m.tool_calls !== undefined && m["reasoning_content"] === undefined)
            ? refused("thoughts must come back with calls")
            : sse.text("fine"),
      ),
    ]);
    await raw.run("go");
    expect(await raw.run("next", { model: "openai-compatible:deep" })).toMatchObject({ result: "fine" });
  });

  test("a server that refuses its own fields gets them no more", async () => {
    await using raw = await RawBench.create([
      sse.delta({ reasoning_content: "hm" }) + sse.call("bash", { command: "echo 1" }),
      ...Array.from(
        { length: 3 },
        () => (body: RawBody) =>
          JSON.stringify(body).includes("reasoning_content")
            ? refused("property 'reasoning_content' is unsupported")
            : sse.text("fine"),
      ),
    ]);
    expect(await raw.run("go")).toMatchObject({ result: "fine" });
    expect(await raw.run("again")).toMatchObject({ result: "fine" });
    expect(raw.provider.requests).toHaveLength(4);
  });
});

describe("K2 A17: a name that is not quite a tool's", () => {
  test.each([
    ["dot", "functions.bash", true],
    ["harmony", "bash<|channel|>commentary", true],
    ["capitals", "Bash", true],
    ["brackets", "bash()", true],
    ["cjk", "工具", false],
    ["marks", "<|tool|>", false],
    ["long", "x".repeat(300), false],
    ["empty", "", false],
    ["a space", "run command", false],
    ["half a pair", "a\ud83d", false],
  ])("%s", async (_name, name, runs) => {
    const isLegal = (body: RawBody) => callsIn(body).every((call) => LEGAL.test(call.function.name));
    await using raw = await RawBench.create([
      sse.call(name, { command: "echo hi" }, "t1"),
      ifHistory(isLegal),
      ifHistory(isLegal),
    ]);
    expect(await raw.run("go")).toMatchObject({ type: "completed", result: "ok" });
    expect(await raw.run("next")).toMatchObject({ type: "completed", result: "ok" });
    expect(raw.log.of("tool.ended")[0]).toMatchObject(
      runs
        ? { status: "succeeded", output: "hi\n" }
        : { status: "failed", output: expect.stringContaining("The tools are") as string },
    );
  });
});

describe("K2 A18: ids", () => {
  const idsIn = (body: RawBody): string[] =>
    body.messages.flatMap(({ tool_call_id, tool_calls = [] }) => [
      ...(tool_call_id === undefined ? [] : [tool_call_id]),
      ...tool_calls.map(({ id }) => id),
    ]);

  test.each([
    ["A18a", "functions.bash:0"],
    ["A18b", `call_${"QUJD".repeat(111)}`],
    ["spaces", "call 1/2"],
    ["unicode", "呼び出し-1"],
  ])("%s goes back unchanged to its model, and to others as all take it", async (_name, id) => {
    const takesIts = ifHistory((body) => idsIn(body).every((given) => given === id));
    const takesLegal = ifHistory(
      (body) => idsIn(body).length === 2 && idsIn(body).every((given) => /^[a-zA-Z0-9]{9}$/.test(given)),
    );
    await using raw = await RawBench.create([
      sse.call("bash", { command: "echo 1" }, id),
      takesIts,
      takesLegal,
      takesIts,
    ]);
    for (const model of ["m", "other", "m"]) {
      expect(await raw.run("go", { model: `openai-compatible:${model}` })).toMatchObject({ result: "ok" });
    }
  });

  test("none, and the same one again and again: each call has its own result", async () => {
    const calls = (ids: (string | undefined)[]) =>
      sse.delta({
        tool_calls: ids.map((id, index) => ({
          index,
          id,
          function: { name: "bash", arguments: `{"command":"echo ${index}"}` },
        })),
      }) + sse.CALLS;
    await using raw = await RawBench.create([
      calls(["call_0", "call_0"]),
      calls(["call_0"]),
      calls([undefined, ""]),
      sse.text("ok"),
    ]);
    expect(await raw.run("go")).toMatchObject({ result: "ok" });
    const ids = callsIn(raw.provider.requests[3]!.body).map(({ id }) => id);
    expect(new Set(ids).size).toBe(5);
    expect(ids.every((id) => id !== "")).toBe(true);
  });
});

describe("K10: thoughts between marks are no part of the answer", () => {
  test.each<[string, string[], string, string | null]>([
    [
      "A20a",
      ["<thi", "nk>\nFirst I look.\n</th", "ink>\n\nThe answer is 4."],
      "The answer is 4.",
      "First I look.",
    ],
    ["A20f", ["<think>\n\n</think>\n\nThe answer is 4."], "The answer is 4.", null],
    ["later", ["One.\n<think>hm</think>\nTwo."], "One.\n\n\nTwo.", "hm"],
    ["Magistral", ["[THINK]hm[/THINK]Two."], "Two.", "hm"],
    [
      "channels",
      ["<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Two.<|return|>"],
      "Two.",
      "hm",
    ],
    ["a turn's end", ["Two.<|im_end|>"], "Two.", null],
    [
      "A20e quoted",
      ["Use `<think>` and `</think>`:\n\n```\n<think>x</think>\n```\nso."],
      "Use `<think>` and `</think>`:\n\n```\n<think>x</think>\n```\nso.",
      null,
    ],
    [
      "quoted in a line",
      ["```xml\n", "<think>\n", "a\n", "</think>\n", "```\n", "`<|end|>`"],
      "```xml\n<think>\na\n</think>\n```\n`<|end|>`",
      null,
    ],
    ["no mark", ["a <b and [x] and ", "<thin air>"], "a <b and [x] and <thin air>", null],
  ])("%s", async (_name, pieces, text, thought) => {
    const answer = pieces.map((content) => sse.delta({ content })).join("") + sse.END;
    await using raw = await RawBench.create([answer]);
    expect(await raw.run("go")).toMatchObject({ type: "completed", result: text });
    expect(raw.log.of("reasoning.ended").map((block) => block.text)).toEqual(
      thought === null ? [] : [thought],
    );
    await raw.run("again");
    expect(assistants(raw.provider.requests[1]!.body)[0]).toEqual({ role: "assistant", content: text });
  });

  test("a thought whose beginning the server keeps to itself: told apart from the next try on", async () => {
    const answer =
      ["First I ", "look.\n</th", "ink>\n\nFour."].map((content) => sse.delta({ content })).join("") +
      sse.END;
    await using raw = await RawBench.create([answer, answer, answer, sse.text("Plain.")]);
    expect(await raw.run("go")).toMatchObject({ result: "Four." });
    expect(await raw.run("go")).toMatchObject({ result: "Four." });
    expect(raw.provider.requests).toHaveLength(3);
    expect(raw.log.of("reasoning.ended").map(({ text }) => text)).toEqual(["First I look.", "First I look."]);
    expect(await raw.run("go")).toMatchObject({ result: "Plain." });
  });
});

describe("K9: half a surrogate pair", () => {
  test("A8-lone: becomes U+FFFD, in the log and in the next request", async () => {
    const lone = 'data: {"choices":[{"index":0,"delta":{"content":"A \\ud83d B"},"finish_reason":null}]}\n\n';
    await using raw = await RawBench.create([lone + sse.END]);
    expect(await raw.run("go")).toMatchObject({ result: "A \ufffd B" });
    await raw.run("again");
    expect(assistants(raw.provider.requests[1]!.body)[0]?.content).toBe("A \ufffd B");
  });

  test("a pair in two pieces is one character; half of one at the end, in thoughts and in inputs is none", async () => {
    const chunk = (delta: string) => `data: {"choices":[{"index":0,"delta":${delta}}]}\n\n`;
    const call =
      '{"tool_calls":[{"index":0,"id":"x","function":{"name":"bash","arguments":"{\\"command\\":\\"echo \\\\ud83d\\"}"}}]}';
    await using raw = await RawBench.create([
      chunk('{"reasoning_content":"h\\udc00m"}') +
        chunk('{"content":"\\ud83d"}') +
        chunk('{"content":"\\ude00 \\ud83d"}') +
        chunk(call) +
        sse.CALLS,
    ]);
    await raw.run("go");
    expect(raw.log.of("text.ended")[0]?.text).toBe("😀 \ufffd");
    expect(raw.log.of("reasoning.ended")[0]?.text).toBe("h\ufffdm");
    expect(raw.log.of("step.ended")[0]?.toolCalls[0]?.input).toEqual({ command: "echo \ufffd" });
    expect(JSON.stringify(raw.log.events)).not.toMatch(/\\ud[89a-f]/i);
  });
});
