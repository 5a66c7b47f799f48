import { applyEvents, emptySessionView, type SessionView } from "@trunkline/contract/session-view";
import type { SessionEvent } from "@trunkline/contract";
import { expect, it } from "vitest";
import { activeTask } from "../session/session-facts.ts";
import { activityWords } from "./activity-words.ts";

const START: [SessionEvent["type"], unknown][] = [
  ["task.submitted", { prompt: "go", model: null }],
  ["task.started", { attempt: 1 }],
  ["step.started", { step: 1, model: "demo" }],
];
const BLOCK: [SessionEvent["type"], unknown][] = [
  ["text.delta", { blockId: "b", text: "Hel" }],
  ["text.ended", { blockId: "b", text: "Hello" }],
  ["tool.called", { callId: "c", tool: "bash", input: { command: "npm test" } }],
];

/** One event a second, the first at 0. */
function viewOf(...events: [SessionEvent["type"], unknown][]): SessionView {
  const log = events.map(([type, data], index) => ({
    sessionId: "s",
    taskId: "t",
    seq: index + 1,
    at: index * 1_000,
    type,
    data,
  }));
  return applyEvents(emptySessionView(), log as SessionEvent[]);
}

const said = (view: SessionView, now: number, awaySince: number | null = null) =>
  activityWords(activeTask(view), view, now, awaySince);

it("G6: says what is awaited, and since when by the server's clock", () => {
  const all = [...START, ...BLOCK];
  expect([1, 3, 4, 5, 6].map((count) => said(viewOf(...all.slice(0, count)), count * 1_000))).toEqual([
    { words: "Waiting to start", since: 0, until: null },
    { words: "Waiting for the model", since: 2_000, until: null },
    { words: "Writing", since: null, until: null },
    { words: "Waiting for the model", since: 4_000, until: null },
    { words: "Running npm test", since: 5_000, until: null },
  ]);
});

it("G6: does not say that the model writes where it is silent, also on a page that was opened just now", () => {
  const view = viewOf(...START, BLOCK[0]!);
  expect(said(view, 12_000).words).toBe("Writing");
  expect(said(view, 28_000)).toMatchObject({ words: "Waiting for the model", since: 3_000 });
});

it("G6: counts down to the next try, and to the end of a limit", () => {
  const notice = "The provider failed (HTTP 429). Trying again in 23 s (try 2 of 5)";
  const retrying = viewOf(...START, ["notice", { level: "warning", message: notice }]);
  expect(said(retrying, 4_000)).toEqual({ words: "Retrying", since: null, until: 26_000 });
  expect(said(retrying, 27_000).words).toBe("Waiting for the model");
  const until = 7_200_000;
  const limited = viewOf(...START, ["task.input-required", { reason: "limit", until }]);
  expect(said(limited, 4_000)).toMatchObject({ until });
  expect(said(limited, 4_000).words).toMatch(/^Waiting for usage limit until \d/);
});

it("G6: does not pretend to know without a connection", () => {
  const view = viewOf(...START, BLOCK[0]!);
  expect(said(view, 9_000, 4_000)).toMatchObject({ words: "Waiting for the server", since: 4_000 });
  expect(said(view, 6_000, 4_000).words).toBe("Writing");
});
