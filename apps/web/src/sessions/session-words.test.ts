import { describe, expect, it } from "vitest";
import { money, segmentsOf, sessionWords } from "./session-words.ts";

type Given = Parameters<typeof sessionWords>[0];

const task = (given: Partial<NonNullable<Given["currentTask"]>>): Given["currentTask"] => ({
  id: "t",
  state: "completed",
  reason: null,
  startedAt: 0,
  endedAt: null,
  ...given,
});

describe("a session's line", () => {
  it("says what it does or waits for", () => {
    const step = { tool: "execute" as const, title: "npm test", startedAt: 0, recent: [] };
    expect(
      sessionWords({ parentId: null, status: "working", currentTask: task({ state: "working", step }) }),
    ).toBe("Running npm test");
    const asks = (reason: "question" | "approval" | "child") =>
      sessionWords({
        parentId: null,
        status: "input-required",
        currentTask: task({ state: "input-required", reason }),
      });
    expect(asks("question")).toBe("Waiting for your answer");
    expect(asks("approval")).toBe("Waiting for approval");
    expect(asks("child")).toBe("A subagent needs you");
  });

  it("says how it ended, in the answer's first words", () => {
    const ended = (outcome?: string) =>
      sessionWords({
        parentId: null,
        status: "idle",
        currentTask: task(outcome === undefined ? {} : { outcome }),
      });
    expect(ended("\n---\n## **Done:** 3 files\nmore")).toBe("Done: 3 files");
    expect(ended("— 日本語の答え")).toBe("— 日本語の答え");
    expect(ended()).toBe("Done");
  });
});

it("money is never rounded to nothing, and an unknown price is not free", () => {
  expect([undefined, null, 0, 0.004, 0.1, 1_234.5].map(money)).toEqual([
    "",
    "–",
    "$0.00",
    "<$0.01",
    "$0.10",
    "$1,234.50",
  ]);
});

it("the mini-timeline's segments add up, whatever the clocks say", () => {
  const step = {
    title: "x",
    tool: null,
    startedAt: 300,
    recent: [{ tool: "execute", startedAt: 100 }],
  } as const;
  expect(segmentsOf({ ...step, recent: [...step.recent] }, 500)).toEqual([
    { kind: "tool", width: 50 },
    { kind: "model", width: 50 },
  ]);
  expect(segmentsOf({ ...step, recent: [] }, 0).every(({ width }) => width >= 0)).toBe(true);
});
