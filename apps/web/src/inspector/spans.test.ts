import { expect, it } from "vitest";
import { canceled, completed, eventsOf, started, submitted } from "../session/testing/session-log.ts";
import { taskSpans } from "./spans.ts";

const step = { usage: { inputTokens: 1, outputTokens: 1 }, finishReason: "tool-calls" as const };

it("tells when steps and calls began and ended", () => {
  const [task] = taskSpans(
    eventsOf([
      submitted("a"),
      started("a"),
      ["step.started", "a", { step: 1, model: "demo" }],
      ["step.ended", "a", { ...step, step: 1, toolCalls: [] }],
      ["tool.called", "a", { callId: "c", tool: "bash", input: { command: "ls" } }],
      ["tool.ended", "a", { callId: "c", status: "failed", output: "", durationMs: 1 }],
      completed("a"),
    ]),
  );
  expect(task).toMatchObject({ title: "do a", startAt: 100, endAt: 700 });
  expect(task?.spans).toMatchObject([
    { kind: "queued", startAt: 100, endAt: 200, state: "ended" },
    { kind: "step", label: "Model call 1", startAt: 300, endAt: 400, state: "ended" },
    { kind: "tool", label: "ls", startAt: 500, endAt: 600, state: "failed" },
  ]);
});

it("shows what a retry, a crash or a cancel cut off as failed", () => {
  const [task] = taskSpans(
    eventsOf([
      started("a"),
      ["step.started", "a", { step: 1, model: "demo" }],
      ["step.started", "a", { step: 1, model: "demo" }],
      ["task.interrupted", "a", { attempt: 1, reason: "orphaned" }],
      ["task.started", "a", { attempt: 2 }],
      ["step.started", "a", { step: 1, model: "demo" }],
      canceled("a"),
    ]),
  );
  expect(task?.spans.map(({ state, endAt }) => [state, endAt])).toEqual([
    ["failed", 300],
    ["failed", 400],
    ["failed", 700],
  ]);
});

it("leaves open what goes on", () => {
  const [task] = taskSpans(
    eventsOf([submitted("a"), started("a"), ["step.started", "a", { step: 1, model: "d" }]]),
  );
  expect(task).toMatchObject({ endAt: null });
  expect(task?.spans.at(-1)).toMatchObject({ endAt: null, state: "running" });
});
