import type { Session } from "@trunkline/contract";
import { expect, it } from "vitest";
import {
  activeTask,
  chosenEffort,
  chosenModel,
  sessionStatus,
  sessionTokens,
  waitingPrompts,
} from "./session-facts.ts";
import {
  canceled,
  completed,
  type Line,
  started,
  storedTask,
  submitted,
  viewOf,
} from "./testing/session-log.ts";

const nothing = { session: null, tasks: [], outgoing: [] };

it("goes by what runs, then by what waits, then by what ended last", () => {
  const status = (view = viewOf()) => sessionStatus({ ...nothing, view });
  expect(status()).toBe("new");
  expect(status(viewOf(submitted("a")))).toBe("queued");
  expect(status(viewOf(submitted("a"), started("a"), submitted("b")))).toBe("running");
  expect(status(viewOf(submitted("a"), started("a"), completed("a")))).toBe("done");
  // Removed while the first one was running: the first one's outcome counts.
  const withdrawn = viewOf(submitted("a"), started("a"), submitted("b"), canceled("b"), completed("a"));
  expect(status(withdrawn)).toBe("done");
});

it("counts a prompt on its way as queued", () => {
  const outgoing = [
    { idempotencyKey: "k", prompt: "next", how: "enqueue" as const, files: [], taskId: null, afterSeq: 0 },
  ];
  expect(sessionStatus({ ...nothing, view: viewOf(), outgoing })).toBe("queued");
});

it("lists what waits in its order: as the server had it, as it was told, as it is sent", () => {
  const view = viewOf(submitted("running"), started("running"), submitted("c"));
  const tasks = [
    storedTask("b", { pos: 3 }),
    storedTask("a", { pos: 2 }),
    storedTask("running", { state: "working" }),
  ];
  const sent = { files: [], taskId: null, afterSeq: 0 };
  const outgoing = [
    { idempotencyKey: "k", prompt: "last", how: "enqueue" as const, ...sent },
    { idempotencyKey: "m", prompt: "not that", how: "steer" as const, ...sent },
  ];
  const queued = { files: [], isSteer: false };
  expect(waitingPrompts({ told: view.tasks, tasks, outgoing })).toEqual([
    { key: "m", taskId: null, prompt: "not that", files: [], isSteer: true },
    { key: "a", taskId: "a", prompt: "do a", ...queued },
    { key: "b", taskId: "b", prompt: "do b", ...queued },
    { key: "c", taskId: "c", prompt: "do c", ...queued },
    { key: "k", taskId: null, prompt: "last", ...queued },
  ]);
  expect(activeTask(view)?.id).toBe("running");
});

it("knows the prompt of a queued task that was only heard of when it was moved", () => {
  const view = viewOf(["task.updated", "a", { beforeTaskId: null }]);
  expect(waitingPrompts({ told: view.tasks, tasks: [storedTask("a")], outgoing: [] })).toMatchObject([
    { prompt: "do a" },
  ]);
});

it("adds up the tokens of all tasks, each once", () => {
  const usage = { inputTokens: 10, outputTokens: 5 };
  const lines: Line[] = [
    submitted("a"),
    started("a"),
    ["step.ended", "a", { step: 1, usage, finishReason: "stop", toolCalls: [] }],
  ];
  const view = viewOf(...lines);
  const tasks = [
    storedTask("a", { usage: null }),
    storedTask("old", { usage: { inputTokens: 100, outputTokens: 0 } }),
  ];
  expect(sessionTokens({ view, tasks })).toBe(115);
  // Usage before the fork belongs to its parent.
  const forked = viewOf(...lines, ["session.forked", null, { parentId: "p", atSeq: lines.length }]);
  expect(sessionTokens({ view: forked, tasks: [] })).toBe(0);
});

it("offers the model and effort that were set last, a return to the default included", () => {
  const changed = (data: Extract<Line, readonly ["session.updated", ...unknown[]]>[2]): Line => [
    "session.updated",
    null,
    data,
  ];
  const session = { model: "a:b", effort: "low" } as Session;
  const chosen = (...lines: Line[]) => {
    const state = { session, view: viewOf(...lines) };
    return [chosenModel(state), chosenEffort(state)];
  };
  expect(chosen()).toEqual(["a:b", "low"]);
  expect(chosen(changed({ effort: "max" }), changed({ title: "t" }))).toEqual(["a:b", "max"]);
  expect(chosen(changed({ model: "c:d" }), changed({ model: null }))).toEqual([null, "low"]);
});
