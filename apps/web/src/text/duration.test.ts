import { expect, it } from "vitest";
import { age, clock, duration } from "./duration.ts";

it("reads like a stopwatch", () => {
  expect([0, 7_400, 59_999, 60_000, 3_599_000, 3_725_000, -5].map(clock)).toEqual([
    "0:00",
    "0:07",
    "0:59",
    "1:00",
    "59:59",
    "1:02:05",
    "0:00",
  ]);
});

it("says how long something took, no more precisely than one wants to know", () => {
  expect([0, 8, 999, 1_000, 1_449, 9_940, 9_960, 59_400, 59_600, 185_000, 7_800_000].map(duration)).toEqual([
    "0 ms",
    "8 ms",
    "999 ms",
    "1.0 s",
    "1.4 s",
    "9.9 s",
    "10 s",
    "59 s",
    "1:00",
    "3:05",
    "2:10:00",
  ]);
});

it("says how long ago", () => {
  const hour = 3_600_000;
  expect([0, 59_000, 61_000, hour, 23 * hour, 25 * hour, 15 * 24 * hour].map(age)).toEqual([
    "now",
    "now",
    "1 m",
    "1 h",
    "23 h",
    "1 d",
    "2 w",
  ]);
});
