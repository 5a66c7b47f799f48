import { expect, it } from "vitest";
import type { Json } from "../primitives.ts";
import { callDisplay, inputText } from "./call-display.ts";

const shown = (tool: string | null, input: Json) => callDisplay({ tool, input });

it("says what the call says of itself", () => {
  const said = { title: "Run the tests", kind: "execute" as const, locations: [{ path: "a.ts", line: 3 }] };
  expect(callDisplay({ tool: "mcp_runner", input: { x: 1 }, ...said })).toEqual(said);
});

it.each<[string, Json, string, string]>([
  ["bash", { command: "npm test" }, "npm test", "execute"],
  ["bash", { command: "cd a\nnpm test\n" }, "cd a …", "execute"],
  ["read_file", { path: "a.ts", fromLine: 3 }, "a.ts", "read"],
  ["list_files", { path: "src", glob: "*.ts" }, "*.ts", "search"],
  ["write_file", { path: "a.ts", content: "x" }, "a.ts", "edit"],
  ["edit_file", { path: "a.ts", oldText: "x", newText: "y" }, "a.ts", "edit"],
  ["web_fetch", { url: "https://example.com" }, "https://example.com", "fetch"],
  ["ask_user", { question: "Which one?" }, "Which one?", "other"],
  ["constructor", { depth: 3, deep: { a: 1 } }, "3", "other"],
  ["something", {}, "", "other"],
  ["something", "{oops", '"{oops"', "other"],
])("tells of an old call of %s with %j: %s (%s)", (tool, input, title, kind) => {
  expect(shown(tool, input)).toMatchObject({ title, kind });
});

it("names the file that an old call was about", () => {
  expect(shown("read_file", { path: "a.ts" }).locations).toEqual([{ path: "a.ts" }]);
  expect(shown("bash", { command: "ls" }).locations).toEqual([]);
  expect(shown(null, null)).toEqual({ title: "", kind: "other", locations: [] });
});

it("K9: a long title is cut between characters", () => {
  for (const pad of ["", "a"]) {
    const { title } = shown("bash", { command: `${pad}${"😀".repeat(400)}` });
    expect(title.length).toBeLessThanOrEqual(500);
    expect(title.isWellFormed()).toBe(true);
    expect(title.endsWith(" …")).toBe(true);
  }
  expect(shown("bash", { command: `${"a".repeat(498)}bc` }).title).toHaveLength(500);
  expect(shown("bash", { command: `${"a".repeat(600)}\nb` }).title.match(/…/g)).toHaveLength(1);
});

it("reads texts of an input alone", () => {
  expect(inputText({ path: 3 }, "path")).toBe("");
  expect(inputText(["a"], "0")).toBe("");
  expect(inputText({ path: "a" }, "toString")).toBe("");
});
