import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest";
import { type ConvertedFile, convertFile } from "./convert-file.ts";
import { findFiles } from "./find-files.ts";
import { eventsOf, readTranscript } from "./testing/read-transcript.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "legacy-"));
});
afterEach(() => rm(directory, { recursive: true }));

async function convert(file: object | string, stem = "session-x"): ReturnType<typeof convertFile> {
  const path = join(directory, `${stem}.json`);
  await writeFile(path, typeof file === "string" ? file : JSON.stringify(file));
  return await convertFile({ path, stem, planPath: null }, null);
}

/** @returns the converted messages as `role text` lines, and the remarks. */
async function convertMessages(messages: unknown): Promise<{ lines: string[]; converted: ConvertedFile }> {
  const converted = await convert({ id: "session-x", messages, created_at: "2025-10-02T00:00:00Z" });
  if ("skip" in converted) throw new Error(converted.skip.message);
  const lines = readTranscript(eventsOf(converted.document)).map((line) =>
    [line.role, "tool" in line ? line.tool : "", "status" in line ? line.status : "", textOf(line)]
      .filter((part) => part !== "")
      .join(" "),
  );
  return { lines, converted };
}

function textOf(line: ReturnType<typeof readTranscript>[number]): string {
  if ("text" in line) return line.text;
  if ("output" in line) return line.output;
  return "result" in line ? line.result : "";
}

it("reads a first-generation conversation", async () => {
  const { lines, converted } = await convertMessages([
    { role: "system", content: "You are" },
    { role: "user", content: "list files" },
    { role: "assistant", content: "Let me look." },
    { role: "user", content: "Tool call_1 result:\na.txt\n" },
    { role: "user", content: "Tool call_2 failed: denied" },
    { role: "assistant", content: "There is a.txt" },
  ]);
  expect(lines).toEqual([
    "user list files",
    "assistant Let me look.",
    "call unknown_tool",
    "result succeeded a.txt\n",
    "call unknown_tool",
    "result failed denied",
    "assistant There is a.txt",
    "end There is a.txt",
  ]);
  expect(converted.session.generation).toBe("first");
  expect(converted.remarks.counts).toEqual({ "calls-lost": 2, "system-prompts-left-out": 1 });
});

it("matches results to calls by id, in whichever order and way they are told", async () => {
  const { lines, converted } = await convertMessages([
    { role: "user", content: "go" },
    {
      role: "assistant",
      content: "",
      tool_calls: [
        { id: "a", name: "one", arguments: { x: 1 } },
        { id: "b", name: "two", arguments: '{"y":2}' },
        { id: "c", name: "three", arguments: null },
        { id: "d", name: "four", arguments: "not json" },
      ],
    },
    { role: "tool", tool_call_id: "b", content: "B" },
    { role: "user", content: "Tool a result:\nA" },
    { role: "user", content: "", tool_results: [{ call_id: "c", content: "C", error: null }] },
    // Repeated as text.
    { role: "user", content: "Tool c result:\nC" },
    { role: "tool", content: "", tool_results: [{ call_id: "e", content: "E", error: {} }] },
  ]);
  expect(lines).toEqual([
    "user go",
    "call one",
    "result succeeded A",
    "call two",
    "result succeeded B",
    "call three",
    "result succeeded C",
    "call four",
    "result interrupted [alex did not keep the result of this call]",
    "call unknown_tool",
    "result failed E",
    "end",
  ]);
  const inputs = converted.document.events.flatMap(({ type, data }) =>
    type === "tool.called" ? [(data as { input: unknown }).input] : [],
  );
  expect(inputs).toEqual([{ x: 1 }, { y: 2 }, {}, "not json", {}]);
  expect(converted.remarks.counts).toEqual({ "calls-lost": 1, "results-lost": 1 });
});

it("gives a result to the latest answer's call where ids come again", async () => {
  const call = (tool: string): object => ({
    role: "assistant",
    content: "",
    tool_calls: [{ id: "call_0", name: tool }],
  });
  const { lines } = await convertMessages([
    { role: "user", content: "go" },
    call("lost"),
    call("one"),
    { role: "tool", tool_call_id: "call_0", content: "1" },
    call("two"),
    { role: "tool", tool_call_id: "call_0", content: "2" },
    { role: "user", content: "next" },
    { role: "tool", tool_call_id: "call_0", content: "3" },
  ]);
  expect(lines.filter((line) => !line.startsWith("user") && !line.startsWith("end"))).toEqual([
    "call lost",
    "result interrupted [alex did not keep the result of this call]",
    "call one",
    "result succeeded 1",
    "call two",
    "result succeeded 2",
    "call unknown_tool",
    "result succeeded 3",
  ]);
});

it("reads a turn of 10,000 calls in time that grows with it", { timeout: 20_000 }, async () => {
  const rounds = Array.from({ length: 10_000 }, (_, index) => [
    { role: "assistant", content: "", tool_calls: [{ id: "call_0", name: "t" }] },
    { role: "tool", tool_call_id: "call_0", content: String(index) },
  ]);
  const { lines } = await convertMessages([{ role: "user", content: "go" }, ...rounds.flat()]);
  expect(lines).toHaveLength(20_002);
  expect(lines.at(-2)).toBe("result succeeded 9999");
});

it("takes the better of two tellings of one result", async () => {
  const { lines } = await convertMessages([
    { role: "user", content: "go" },
    {
      role: "assistant",
      content: "",
      tool_calls: [
        { id: "a", name: "one" },
        { id: "b", name: "two" },
      ],
    },
    {
      role: "tool",
      content: "Tool a failed: disk full",
      tool_results: [{ call_id: "a", content: "", error: {} }],
    },
    { role: "tool", content: "text", tool_results: [{ call_id: "b", content: "" }] },
    { role: "assistant", content: "end" },
  ]);
  expect(lines.slice(1, 5)).toEqual([
    "call one",
    "result failed disk full",
    "call two",
    "result succeeded text",
  ]);
});

it("keeps a prompt that comes with results", async () => {
  const { lines } = await convertMessages([
    { role: "user", content: "go" },
    { role: "assistant", content: "", tool_calls: [{ id: "a", name: "one" }] },
    { role: "user", content: "and now this", tool_results: [{ call_id: "a", content: "A" }] },
    { role: "assistant", content: "ok" },
  ]);
  expect(lines).toEqual([
    "user go",
    "call one",
    "result succeeded A",
    "end",
    "user and now this",
    "assistant ok",
    "end ok",
  ]);
});

it("ends a prompt without an answer as canceled, so that a model is not told it was answered", async () => {
  const { converted } = await convertMessages([
    { role: "user", content: "one" },
    { role: "user", content: "two" },
    { role: "assistant", content: "2" },
  ]);
  expect(converted.document.tasks.map(({ state, result }) => [state, result])).toEqual([
    ["canceled", null],
    ["completed", "2"],
  ]);
  expect(converted.remarks.counts).toEqual({ unanswered: 1 });
});

it("gives answers that begin a file a turn of their own, and joins those with nothing between them", async () => {
  const { lines, converted } = await convertMessages([
    { role: "assistant", content: "hello" },
    { role: "assistant", content: "again" },
    { role: "user", content: " \n" },
    { role: "assistant", content: "?" },
  ]);
  expect(lines).toEqual([
    "user [alex did not keep the prompt]",
    "assistant hello",
    "assistant again",
    "end hello\n\nagain",
    "user [empty prompt]",
    "assistant ?",
    "end ?",
  ]);
  const steps = converted.document.events.filter(({ type }) => type === "step.started");
  expect(steps).toHaveLength(2);
});

it("keeps what is no part of the conversation as notices, and says what it left out", async () => {
  const { converted } = await convertMessages([
    { role: "user", content: "look", attachments: { "a.png": { data: "…" } } },
    { role: "system", content: "context was compressed" },
    { role: "developer", content: "be brief" },
    { role: "assistant", content: "ok" },
    null,
    "text",
    { content: "no role" },
  ]);
  const notices = converted.document.events.flatMap(({ type, data }) =>
    type === "notice" ? [(data as { message: string }).message] : [],
  );
  expect(notices).toEqual([
    expect.stringContaining("Attachments were omitted: a.png."),
    "context was compressed",
    "be brief",
  ]);
  expect(converted.remarks.counts).toEqual({
    "attachments-left-out": 1,
    "unknown-roles": 1,
    "unreadable-messages": 3,
  });
});

it("takes text that no store would", async () => {
  const { lines, converted } = await convertMessages([
    { role: "user", content: "a\0b\ud800" },
    { role: "assistant", content: ["parts"] },
  ]);
  expect(lines).toEqual(["user a\uFFFDb\uFFFD", 'assistant ["parts"]', 'end ["parts"]']);
  expect(JSON.stringify(converted.document).isWellFormed()).toBe(true);
});

it("never lets a time go back, nor out of the session", async () => {
  const at = (second: string): object => ({ timestamp: `2025-10-02T00:00:${second}Z` });
  const converted = await convert({
    id: "session_1",
    created: "2025-10-02T00:00:10Z",
    updated: "2025-10-02T00:00:40Z",
    messages: [
      { role: "user", content: "a", ...at("05") },
      { role: "assistant", content: "b", ...at("30") },
      { role: "user", content: "c", ...at("20") },
      { role: "assistant", content: "d", timestamp: "2031-01-01T00:00:00Z" },
    ],
  });
  if ("skip" in converted) throw new Error(converted.skip.message);
  const seconds = readTranscript(eventsOf(converted.document)).map(({ at: time }) =>
    new Date(time).getUTCSeconds(),
  );
  expect(seconds).toEqual([10, 30, 30, 30, 40, 40]);
});

it("imports a plan without a conversation, and no session with neither", async () => {
  const empty = { id: "session-x", messages: null, created_at: "2025-10-02T00:00:00Z" };
  expect(await convert(empty)).toMatchObject({ skip: { reason: "empty" } });
  expect(await convert({ ...empty, messages: [{ role: "system", content: "x" }] })).toMatchObject({
    skip: { reason: "empty" },
  });
  const planned = await convert({ ...empty, todos: [{ content: "a", status: "done" }] });
  expect(planned).toMatchObject({ document: { session: { title: "session-x" }, tasks: [] } });
});

it("reads a file with a byte order mark, and takes the name for the id where the file has none", async () => {
  const converted = await convert(
    `\uFEFF${JSON.stringify({ messages: [{ role: "user", content: "x" }], created_at: "2025-10-02T00:00:00Z" })}`,
    "session-1759400000",
  );
  expect(converted).toMatchObject({
    importKey: `alex:session-1759400000@${Date.UTC(2025, 9, 2)}`,
    remarks: { counts: { unanswered: 1, "may-have-overwritten": 1 } },
  });
});

it("refuses what is too large for one import, with advice", async () => {
  const content = "x".repeat(33 * 1024 * 1024);
  const messages = ["user", "assistant"].map((role) => ({ role, content }));
  expect(await convert({ id: "a", messages })).toMatchObject({
    skip: { reason: "too-large", message: expect.stringContaining("into two files") },
  });
  await truncate(join(directory, "session-x.json"), 300 * 1024 * 1024);
  const sparse = { path: join(directory, "session-x.json"), stem: "session-x", planPath: null };
  expect(await convertFile(sparse, null)).toMatchObject({ skip: { reason: "too-large" } });
});

it("opens nothing but regular files", async () => {
  const socket = createServer().listen(join(directory, "socket.json"));
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  await mkdir(join(directory, "directory.json"));
  await symlink("/nowhere", join(directory, "broken.json"));
  await writeFile(join(directory, "real.json"), "{}");
  await symlink("real.json", join(directory, "link.json"));
  const { sessions } = await findFiles(directory);
  expect(sessions.map(({ stem }) => stem).toSorted()).toEqual(["link", "real"]);
});

it.skipIf(process.getuid?.() === 0)("says of a file that may not be read why", async () => {
  await writeFile(join(directory, "session-x.json"), "{}");
  await chmod(join(directory, "session-x.json"), 0);
  const file = { path: join(directory, "session-x.json"), stem: "session-x", planPath: null };
  expect(await convertFile(file, null)).toMatchObject({ skip: { reason: "unreadable" } });
});
