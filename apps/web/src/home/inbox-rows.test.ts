import type { Session } from "@trunkline/contract";
import { expect, it } from "vitest";
import { nextRow, runningSessions, toggled } from "./inbox-rows.ts";

const session = (id: string, status: Session["status"], startedAt: number | null): Session =>
  ({
    id,
    status,
    currentTask: { state: status === "idle" ? "completed" : "working", startedAt },
  }) as unknown as Session;

it("what has run longest comes first, what has not started last, what has ended not at all", () => {
  const rows = runningSessions([
    session("queued", "queued", null),
    session("late", "working", 20),
    session("idle", "idle", 1),
    session("early", "input-required", 10),
  ]);
  expect(rows.map(({ id }) => id)).toEqual(["early", "late", "queued"]);
});

it("J and K stop at the ends, and start there", () => {
  expect([nextRow(-1, 1, 3), nextRow(-1, -1, 3), nextRow(2, 1, 3), nextRow(0, -1, 3)]).toEqual([0, 2, 2, 0]);
});

it("X selects and unselects", () => {
  expect([...toggled(toggled(new Set(["a"]), "b"), "a")]).toEqual(["b"]);
});
