import { describe, expect, test } from "vitest";
import type { ChatMessage } from "./chat-request.ts";
import { createPromptScript } from "./prompt-script.ts";
import {
  cut,
  delay,
  finish,
  httpError,
  open,
  raw,
  reasoning,
  reply,
  stall,
  text,
  tokens,
  usage,
} from "./reply.ts";

const user = (content: string): ChatMessage => ({ role: "user", content });
const assistant: ChatMessage = { role: "assistant", content: "…" };

function ask(prompt: string, stepsDone = 0, script = createPromptScript()) {
  const messages = [user(prompt), ...Array.from({ length: stepsDone }, () => assistant)];
  return script({ model: "m", messages });
}

function toolCallsOf(prompt: string, stepsDone: number): { name: string; arguments: string }[] {
  return ask(prompt, stepsDone).steps.flatMap((step) =>
    step.type === "tool-call" ? [{ name: step.name, arguments: step.fragments.join("") }] : [],
  );
}

describe("one line, one step", () => {
  test.each([
    ["reply: Hello big world", [text("Hello", " big", " world")]],
    ["reply: # Title\\n\\nBody", [text("#", " Title", "\n\nBody")]],
    ["think: first\nreply: then", [reasoning("first"), text("then")]],
    ["tokens: 300 @ 100/s", [tokens(300, 100)]],
    ["tokens: 1000", [tokens(1000)]],
    ["wait: 200ms\nreply: late", [delay(200), text("late")]],
    ["usage: 10 20\nfinish: length", [usage({ promptTokens: 10, completionTokens: 20 }), finish("length")]],
    ["fail: 500", [httpError(500)]],
    ["fail: 429 retry-after 2", [httpError(429, { retryAfter: 2 })]],
    ["reply: a\ncut", [text("a"), cut()]],
    ["stall", [open(), stall()]],
    ["garbage", [raw("data: {not json\n\n")]],
  ])("%j", (prompt, steps) => {
    expect(ask(prompt)).toEqual({ steps, cutAfterBytes: undefined });
  });

  test("a cut at a byte holds for the whole answer", () => {
    expect(ask("reply: a\ncut: 30")).toEqual({ steps: [text("a")], cutAfterBytes: 30 });
  });

  test("what is no directive is prose", () => {
    expect(ask("Please be quick.\nreply: yes\nThank you: very much").steps).toEqual([text("yes")]);
  });

  test("prose alone is echoed", () => {
    expect(ask("How are you?")).toEqual(reply(text("You", " said:", " How", " are", " you?")));
  });

  test("text in parts counts as text", () => {
    const content = [
      { type: "text", text: "reply: " },
      { type: "text", text: "ok" },
    ];
    expect(createPromptScript()({ model: "m", messages: [{ role: "user", content }] }).steps).toEqual([
      text("ok"),
    ]);
  });
});

describe("turns", () => {
  const prompt = [
    'tool: write_file {"path":"a b.txt","content":"1\\n2"}',
    "think: and now",
    'tool: bash {"command":"cat"}',
    'also: bash {"command":"ls"}',
    "reply: finished",
  ].join("\n");

  test("each call gets the next turn", () => {
    expect(toolCallsOf(prompt, 0)).toEqual([
      { name: "write_file", arguments: '{"path":"a b.txt","content":"1\\n2"}' },
    ]);
    expect(toolCallsOf(prompt, 1)).toEqual([
      { name: "bash", arguments: '{"command":"cat"}' },
      { name: "bash", arguments: '{"command":"ls"}' },
    ]);
    expect(ask(prompt, 1).steps[0]).toEqual(reasoning("and", " now"));
    expect(ask(prompt, 2).steps).toEqual([text("finished")]);
    expect(ask(prompt, 3).steps).toEqual([text("Done.")]);
  });

  test("arguments that are no JSON are sent as they stand", () => {
    expect(toolCallsOf('tool: bash {"command": ls', 0)).toEqual([
      { name: "bash", arguments: '{"command": ls' },
    ]);
  });

  test("a loop never ends", () => {
    for (const stepsDone of [0, 1, 50]) {
      expect(toolCallsOf('loop: bash {"command":"true"}', stepsDone)).toHaveLength(1);
    }
  });

  test("only what came after the last prompt counts", () => {
    const messages = [user("reply: one"), assistant, user("reply: two")];
    expect(createPromptScript()({ model: "m", messages }).steps).toEqual([text("two")]);
  });
});

describe("faults that pass", () => {
  test("xN holds for the first N calls with the same messages", () => {
    const script = createPromptScript();
    const prompt = "fail: 500 x2\nreply: at last";
    const answers = [1, 2, 3].map(() => ask(prompt, 0, script).steps[0]!.type);
    expect(answers).toEqual(["http-error", "http-error", "text"]);
    expect(ask(`${prompt}\n`, 0, script).steps[0]!.type).toBe("http-error");
  });

  test("cut and stall can pass too", () => {
    const script = createPromptScript();
    expect(ask("reply: a\ncut: 30 x1", 0, script).cutAfterBytes).toBe(30);
    expect(ask("reply: a\ncut: 30 x1", 0, script).cutAfterBytes).toBeUndefined();
    expect(ask("stall: x1\nreply: b", 0, script).steps[1]).toEqual(stall());
    expect(ask("stall: x1\nreply: b", 0, script).steps).toEqual([text("b")]);
  });
});
