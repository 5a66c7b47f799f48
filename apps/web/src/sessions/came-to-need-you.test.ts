import type { Session } from "@trunkline/contract";
import { expect, it } from "vitest";
import { cameToNeedYou, type Waiting } from "./came-to-need-you.ts";

const session = (id: string, status: Session["status"]): Session =>
  ({ id, status, currentTask: null }) as Session;

it("tells of each session once, when it begins to wait", () => {
  const told: string[][] = [];
  let waiting: Waiting = null;
  for (const statuses of [
    { a: "input-required", b: "working" },
    { a: "input-required", b: "input-required" },
    { a: "working", b: "input-required" },
    { a: "input-required", b: "input-required" },
  ] as const) {
    const sessions = Object.entries(statuses).map(([id, status]) => session(id, status));
    const next = cameToNeedYou(waiting, sessions);
    waiting = next.waiting;
    told.push(next.came.map(({ id }) => id));
  }
  // What waited at page load is in the list anyway.
  expect(told).toEqual([[], ["b"], [], ["a"]]);
});
