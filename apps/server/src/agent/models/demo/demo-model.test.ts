import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { RunBench } from "../../testing/run-bench.ts";
import { createApprovalPolicy } from "../../../approvals/policy.ts";
import { createRunTask } from "../../loop.ts";
import type { AnswerPart, AnswerParts, ModelCallContext } from "../../model.ts";
import { sameTools } from "../../../tools/testing/same-tools.ts";
import { createDemoModel } from "./demo-model.ts";

const model = createDemoModel({ wordDelayMs: 0, sleep: async () => undefined });

function user(text: string): LanguageModelV4Prompt {
  return [
    { role: "system", content: "ignored" },
    { role: "user", content: [{ type: "text", text }] },
  ];
}

function context(signal = new AbortController().signal): ModelCallContext {
  return { signal, onLife: () => undefined, faultContext: { model: "demo", redact: (text) => text } };
}

async function answer(prompt: LanguageModelV4Prompt) {
  const parts = await partsOf(await model.ask({ prompt }, context()));
  return {
    text: parts.map((part) => (part.type === "text" ? part.text : "")).join(""),
    calls: parts.flatMap((part) =>
      part.type === "call" ? [[part.name, JSON.parse(part.input) as unknown]] : [],
    ),
    finish: parts.flatMap((part) => (part.type === "finish" ? [part.finishReason] : [])),
  };
}

async function partsOf(answered: AnswerParts, onPart?: (part: AnswerPart) => void): Promise<AnswerPart[]> {
  const parts: AnswerPart[] = [];
  for (let next = await answered.next(); next.done !== true; next = await answered.next()) {
    parts.push(...next.value);
    next.value.forEach((part) => onPart?.(part));
  }
  return parts;
}

test.each([
  ["run: ls -la", "bash", { command: "ls -la" }],
  ["Run: echo a: b => c", "bash", { command: "echo a: b => c" }],
  ["write notes.txt: hello", "write_file", { path: "notes.txt", content: "hello\n" }],
  [String.raw`write a/b.md: # one\ntwo`, "write_file", { path: "a/b.md", content: "# one\ntwo\n" }],
  ["read notes.txt", "read_file", { path: "notes.txt" }],
  ["list", "list_files", {}],
  ["list src", "list_files", { path: "src" }],
  ["fetch: https://example.com/a?b=c:d", "web_fetch", { url: "https://example.com/a?b=c:d" }],
  [
    "edit notes.txt: hello => good bye",
    "edit_file",
    { path: "notes.txt", oldText: "hello", newText: "good bye" },
  ],
])("%s", async (prompt, tool, input) => {
  expect(await answer(user(prompt))).toEqual({ text: "", calls: [[tool, input]], finish: ["tool-calls"] });
});

test("what it does not understand it answers with what it does, and how to connect a model", async () => {
  for (const prompt of [
    "Hello, who are you?",
    "read the docs and tell me",
    "running: late",
    "write a poem",
  ]) {
    const { text, calls, finish } = await answer(user(prompt));
    expect(text).toContain("**This is the demo model.**");
    expect(text).toContain("OPENAI_BASE_URL");
    expect(calls).toEqual([]);
    expect(finish).toEqual(["stop"]);
  }
});

test("says so wherever it speaks", async () => {
  expect((await answer(user("say: hello there"))).text).toBe("**Demo model:** hello there");
  expect((await answer(user("wait: 3"))).text).toBe("**Demo model:** ...");
});

test("streams word by word, and stops in the middle when it is told to", async () => {
  const abort = new AbortController();
  const answered = await createDemoModel({ wordDelayMs: 1 }).ask(
    { prompt: user("say: one two\nwait: 3600") },
    context(abort.signal),
  );
  const deltas: string[] = [];
  const reading = partsOf(answered, (part) => {
    if (part.type !== "text") return;
    deltas.push(part.text);
    if (part.text === " two") abort.abort();
  });
  await expect(reading).rejects.toThrow("abort");
  expect(deltas.slice(0, 3)).toEqual(["**Demo model:**", " one", " two"]);
});

test("a script of several lines runs through the real loop and tools, in order", async () => {
  await using bench = await RunBench.create();
  const taskId = bench.log.begin(
    [
      "say: First.",
      "write x.txt: a",
      "run: cat x.txt; exit 3",
      "say: Then.",
      "edit x.txt: a => b",
      "read x.txt",
      "read none",
    ].join("\n"),
  );
  const sink = bench.log.sink(taskId);
  const outcome = await createRunTask()({
    sessionId: bench.log.sessionId,
    taskId,
    log: bench.log.reader(),
    model: { name: "demo", model, patience: { startMs: 600_000, idleMs: 300_000 } },
    ownerId: randomUUID(),
    tools: sameTools(bench.toolBench.tools),
    policy: { policyOf: async () => createApprovalPolicy({ mode: "never", now: Date.now }) },
    importedSeq: 0,
    workspace: bench.toolBench.workspace,
    budget: {},
    sink,
    signal: new AbortController().signal,
  });
  if (outcome.type === "completed") await sink.append(outcome.events ?? []);
  expect(bench.log.of("step.ended").map(({ toolCalls }) => toolCalls.map(({ tool }) => tool))).toEqual([
    ["write_file", "bash"],
    ["edit_file", "read_file", "read_file"],
    [],
  ]);
  expect(bench.log.of("text.ended").map(({ text }) => text)).toEqual([
    "**Demo model:** First.",
    "**Demo model:** Then.",
    expect.stringMatching(
      /^\*\*Demo model:\*\* write_file of `x.txt` succeeded; .*exit code 3; .*read_file of `none` failed\.$/,
    ),
  ]);
  // The last two are read-only and run in parallel, so their results may arrive in either order.
  const outputs = new Map(bench.log.of("tool.ended").map(({ callId, output }) => [callId, output]));
  expect(bench.log.of("tool.called").map(({ callId }) => outputs.get(callId))).toMatchObject([
    "created x.txt: 2 bytes, 1 lines",
    "a\n",
    "modified x.txt: 1 replacement",
    "b",
    expect.stringContaining("no such file"),
  ]);
  expect(outcome).toMatchObject({ type: "completed" });
});
