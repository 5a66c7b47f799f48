import { expect, it } from "vitest";
import { requestWords, timeLeft } from "./request-words.ts";

it("asks in words about the tools that people know", () => {
  expect(requestWords({ reason: "", tool: "bash", input: { command: "rm -rf x" } })).toMatchObject({
    title: "Run this command?",
    detail: "rm -rf x",
    language: "bash",
  });
  expect(
    requestWords({ reason: "", tool: "write_file", input: { path: "a.ts", content: "x" } }),
  ).toMatchObject({
    title: "Write a.ts?",
    language: "typescript",
  });
  expect(requestWords({ reason: "", tool: "ask_user", input: { question: "Red?" } })).toMatchObject({
    title: "Question from the agent",
    detail: "Red?",
  });
});

it("shows what an edit changes", () => {
  const input = { path: "a.ts", oldText: "one", newText: "two" };
  expect(requestWords({ reason: "", tool: "edit_file", input })).toMatchObject({
    title: "Edit a.ts?",
    detail: "- one\n+ two",
    language: "diff",
  });
});

it("says why in words about the call", () => {
  const reason = "bash can change the workspace, and this session has read text by strangers";
  expect(requestWords({ reason, tool: "bash", input: { command: "x" } }).reason).toBe(
    "This command can modify files in the workspace, and this session has read untrusted text.",
  );
});

it("shows all of what it does not know", () => {
  const { title, detail } = requestWords({
    reason: "",
    tool: "deploy",
    input: { to: "production", force: true },
  });
  expect(title).toBe("Use deploy?");
  expect(JSON.parse(detail)).toEqual({ to: "production", force: true });
});

it("hides nothing of a command, not even what cannot be seen", () => {
  expect(
    requestWords({ reason: "", tool: "bash", input: { command: "echo \u202Ehs.live\u202C" } }).detail,
  ).toBe("echo ⟨202E⟩hs.live⟨202C⟩");
});

it("says how long there is to answer", () => {
  const minute = 60_000;
  expect(
    [0, 35_000, 59_900, minute, 59 * minute, 60 * minute, 24 * 60 * minute, -5].map((ms) => timeLeft(ms, 0)),
  ).toEqual(["in 0:00", "in 0:35", "in 1 m", "in 1 m", "in 59 m", "in 1 h", "in 24 h", "in 0:00"]);
});
