import { expect, it } from "vitest";
import type { ClockRecord } from "../../store/port.ts";
import { DAY_MS } from "./policy.ts";
import { holdAt, lookAtClock } from "./trusted-clock.ts";

const START = 1_800_000_000_000;
const HOUR_MS = DAY_MS / 24;
const trusted: ClockRecord = { seenAt: START, heldUntil: null, gapMs: null };

/** Looks every twelve hours. @returns how long until the clock is trusted, in ms */
function steadyFor(record: ClockRecord): number {
  let passed = 0;
  for (let each = record; holdAt(each, each.seenAt) !== null; passed += 12 * HOUR_MS) {
    each = lookAtClock(each, each.seenAt + 12 * HOUR_MS);
  }
  return passed;
}

it("trusts a clock that is looked at again within a day", () => {
  expect(lookAtClock(trusted, START + DAY_MS)).toEqual({ ...trusted, seenAt: START + DAY_MS });
  expect(lookAtClock(trusted, START - HOUR_MS)).toEqual({ ...trusted, seenAt: START - HOUR_MS });
});

it("waits as long as a gap was, and no longer than a week", () => {
  expect(steadyFor(lookAtClock(trusted, START + 2.5 * DAY_MS))).toBe(2.5 * DAY_MS);
  expect(steadyFor(lookAtClock(trusted, START + 4_000 * DAY_MS))).toBe(7 * DAY_MS);
  expect(steadyFor(lookAtClock(trusted, START - 4_000 * DAY_MS))).toBe(7 * DAY_MS);
});

it("waits anew when the time jumps again, and not for years once a clock is set right", () => {
  const ahead = lookAtClock(trusted, START + 4_000 * DAY_MS);
  const right = lookAtClock(ahead, START + DAY_MS);
  expect(steadyFor(right)).toBe(7 * DAY_MS);
  const later = lookAtClock(right, right.seenAt + 2 * DAY_MS);
  expect(later.heldUntil).toBe(right.heldUntil);
});
