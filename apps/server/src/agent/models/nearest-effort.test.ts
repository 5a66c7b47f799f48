import type { Effort } from "@trunkline/contract";
import { expect, it } from "vitest";
import { nearestEffort } from "./nearest-effort.ts";

it.each<[Effort | undefined, Effort[] | undefined, Effort | undefined]>([
  [undefined, ["low"], undefined],
  ["max", undefined, "max"],
  ["high", ["low", "high"], "high"],
  ["max", ["low", "medium"], "medium"],
  ["medium", ["low", "high"], "low"],
  ["none", ["low", "high"], "low"],
  ["high", [], undefined],
])("%s of %j is %s", (wanted, known, effort) => {
  expect(nearestEffort(wanted, known)).toBe(effort);
});
