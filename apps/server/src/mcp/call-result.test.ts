import { describe, expect, it } from "vitest";
import { promptText, resourceResult, toToolResult } from "./call-result.ts";
import { readCallResult, readContents, readMessages } from "./results.ts";

const text = (words: unknown) => ({ type: "text", text: words });
const outputOf = async (result: object) =>
  (await toToolResult(readCallResult({ ...result }), async () => null)).output;

describe("a result of which one part is odd keeps the rest", () => {
  it.each<[string, object, string]>([
    [
      "a kind of content that nobody knows",
      { content: [text("before"), { type: "hologram", data: "x" }, text("after")] },
      "before\n[hologram: not shown, for it is not as MCP has it]\nafter",
    ],
    [
      "a picture that is none",
      { content: [{ type: "image", data: "%%%", mimeType: "image/png" }, text("after")] },
      "[image: not shown, for it is not as MCP has it]\nafter",
    ],
    [
      "a picture without a kind",
      { content: [{ type: "image", data: "AAAA" }, text("after")] },
      "[image: not shown, for it is not as MCP has it]\nafter",
    ],
    [
      "a text of null",
      { content: [text(null), text("after")] },
      "[text: not shown, for it is not as MCP has it]\nafter",
    ],
    ["a number for a text", { content: [text(12)] }, "12"],
    [
      "null for what is left out",
      { content: [{ ...text("it"), annotations: null, _meta: null }], structuredContent: null },
      "it",
    ],
    [
      "null within a resource",
      { content: [{ type: "resource", resource: { uri: "x://y", mimeType: null, text: "embedded" } }] },
      "embedded",
    ],
    ["a text for the content", { content: "just a text" }, "just a text"],
    ["one block for a list", { content: text("one") }, "one"],
    ["the first version's wrapping", { toolResult: { content: [text("old")] } }, "old"],
    ["fields of its own", { answer: 42 }, '{"answer":42}'],
    ["nothing", { content: [] }, ""],
  ])("%s", async (_, result, output) => {
    expect(await outputOf(result)).toBe(output);
  });

  it("isError as a text", async () => {
    const result = await toToolResult(
      readCallResult({ content: [text("no")], isError: "true" }),
      async () => null,
    );
    expect(result).toMatchObject({ status: "failed", output: "no" });
  });
});

it("of a result of thousands of parts the first thousand are read, of a prompt the same", async () => {
  const parts = [text("first"), ...Array.from({ length: 2_999 }, () => ({}))];
  const { blocks } = readCallResult({ content: parts });
  expect(blocks).toHaveLength(1_001);
  expect(await outputOf({ content: parts })).toMatch(/^first\n[^]*\n\[2000 more parts: not shown\]$/);
  const messages = parts.map((content) => ({ role: "user", content }));
  expect(promptText(readMessages({ messages }))).toMatch(/^first\n[^]*\[2000 more parts: not shown\]$/);
});

describe("what a server gives as data is read once", () => {
  it.each<[string, object, string]>([
    ["it says the same", { content: [text('{ "n": 1 }')], structuredContent: { n: 1 } }, '{ "n": 1 }'],
    ["it wraps a text", { content: [text("12:00")], structuredContent: { result: "12:00" } }, "12:00"],
    [
      "it wraps a list",
      { content: [text('{"a":1}'), text('{"a":2}')], structuredContent: { result: [{ a: 1 }, { a: 2 }] } },
      '{"a":1}\n{"a":2}',
    ],
    ["it says more", { content: [text("Failed.")], structuredContent: { line: 12 } }, 'Failed.\n{"line":12}'],
    ["it says nothing else", { structuredContent: { n: 42 } }, '{"n":42}'],
    ["a list", { content: [text("[1]")], structuredContent: [1] }, "[1]"],
  ])("%s", async (_, result, output) => {
    expect(await outputOf(result)).toBe(output);
  });
});

it("reads a resource's contents one by one", () => {
  const contents = [
    { text: "without an address" },
    { uri: "x", blob: 5 },
    { uri: "y", text: "y" },
    null,
    "bare",
  ];
  expect(resourceResult(readContents({ contents })).output).toBe(
    "without an address\n[binary, 0 bytes: not shown]\ny\nbare",
  );
  expect(resourceResult(readContents({})).output).toBe("");
});

it("reads a prompt's messages, whoever says them and however", () => {
  const messages = [
    { role: "system", content: [text("a"), { type: "hologram" }] },
    { role: "user", content: "b" },
    { role: "user", content: { type: "image", data: "AAAA", mimeType: "image/png" } },
  ];
  expect(promptText(readMessages({ messages }))).toBe(
    "a\n\n[hologram: not shown]\n\nb\n\n[image: not shown]",
  );
});
