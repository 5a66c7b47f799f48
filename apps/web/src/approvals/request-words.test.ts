import { expect, it } from "vitest";
import { requestWords, timeLeft } from "./request-words.ts";

it("asks in words about the tools that people know", () => {
  expect(requestWords({ tool: "bash", input: { command: "rm -rf x" } })).toMatchObject({
    question: "Run this command?",
    detail: "rm -rf x",
    language: "bash",
  });
  expect(requestWords({ tool: "write_file", input: { path: "a.ts", content: "x" } })).toMatchObject({
    question: "Write a.ts?",
    language: "typescript",
  });
  expect(requestWords({ tool: "ask_user", input: { question: "Red?" } })).toMatchObject({
    detail: "Red?",
    isQuestion: true,
  });
});

it("shows all of what it does not know", () => {
  const { question, detail } = requestWords({ tool: "deploy", input: { to: "production", force: true } });
  expect(question).toBe("Use deploy?");
  expect(JSON.parse(detail)).toEqual({ to: "production", force: true });
});

it("hides nothing of a command, not even what cannot be seen", () => {
  expect(requestWords({ tool: "bash", input: { command: "echo \u202Ehs.live\u202C" } }).detail).toBe(
    "echo ⟨202E⟩hs.live⟨202C⟩",
  );
});

it("says how long there is to answer", () => {
  const minute = 60_000;
  expect(
    [0, 35_000, 59_900, minute, 59 * minute, 60 * minute, 24 * 60 * minute, -5].map((ms) => timeLeft(ms, 0)),
  ).toEqual(["in 0:00", "in 0:35", "in 1 m", "in 1 m", "in 59 m", "in 1 h", "in 24 h", "in 0:00"]);
});
