import { applyEvents, emptySessionView, type SessionView } from "@trunkline/contract/session-view";
import type { SessionEvent } from "@trunkline/contract";
import { expect, it } from "vitest";
import { activeTask } from "../session/session-facts.ts";
import { activityWords } from "./activity-words.ts";

const events: [SessionEvent["type"], unknown][] = [
  ["task.submitted", { prompt: "go", model: null }],
  ["task.started", { attempt: 1 }],
  ["step.started", { step: 1, model: "demo" }],
  ["text.delta", { blockId: "b", text: "Hel" }],
  ["text.ended", { blockId: "b", text: "Hello" }],
  ["tool.called", { callId: "c", tool: "bash", input: {} }],
];

function viewAfter(count: number): SessionView {
  const log = events.slice(0, count).map(([type, data], index) => ({
    sessionId: "s",
    taskId: "t",
    seq: index + 1,
    at: index,
    type,
    data,
  }));
  return applyEvents(emptySessionView(), log as SessionEvent[]);
}

const words = (count: number, silentMs = 0, awayMs = 0): string => {
  const view = viewAfter(count);
  const said = activityWords(activeTask(view), view.rows, silentMs, awayMs);
  return said.isSlow ? `${said.words} …` : said.words;
};

it("says what goes on", () => {
  expect([1, 3, 4, 5, 6].map((count) => words(count))).toEqual([
    "Waiting to start",
    "Working",
    "Writing",
    "Working",
    "Running bash",
  ]);
});

it("says for whom it waits once it was silent for 20 s, and never just turns", () => {
  expect([3, 4, 6].map((count) => words(count, 20_000))).toEqual([
    "Waiting for the model …",
    "Waiting for the model …",
    "Running bash …",
  ]);
});

it("does not pretend to know without a connection", () => {
  expect(words(4, 5_000, 5_000)).toBe("Waiting for the server …");
});
