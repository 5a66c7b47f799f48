import type { SessionEvent } from "@trunkline/contract";
import { expect, test } from "vitest";
import { isSurelyKept } from "./kept-setup.ts";

const log = (...types: string[]): SessionEvent[] =>
  types.map((type) => ({ type, data: { status: "succeeded" } }) as unknown as SessionEvent);

test.each([
  { of: "no kill", types: ["task.started", "setup.started", "setup.ended", "step.started"], kept: true },
  {
    of: "a kill while it runs",
    types: ["task.started", "setup.started", "task.started", "setup.started", "setup.ended", "step.started"],
    kept: true,
  },
  {
    // Seed 504: meant for the run, but late.
    of: "a kill after it has ended",
    types: ["task.started", "setup.started", "setup.ended", "task.started", "step.started"],
    kept: false,
  },
  {
    of: "a kill in the first step",
    types: ["task.started", "setup.started", "setup.ended", "step.started", "task.started", "step.started"],
    kept: true,
  },
])("a setup with $of is surely kept: $kept", ({ types, kept }) => {
  expect(isSurelyKept(log(...types))).toBe(kept);
});
