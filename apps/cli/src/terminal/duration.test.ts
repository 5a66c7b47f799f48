import { expect, it } from "vitest";
import { formatAge, formatDuration } from "./duration.ts";

it.each([
  [0, "0 ms"],
  [99.4, "99 ms"],
  [100, "0.1 s"],
  [59_949, "59.9 s"],
  [59_990, "1 min 00 s"],
  [125_000, "2 min 05 s"],
  [3_599_999, "60 min 00 s"],
  [3_600_000, "1 h 00 min"],
  [90_061_000, "25 h 01 min"],
])("%d ms took %s", (ms, expected) => {
  expect(formatDuration(ms)).toBe(expected);
});

it.each([
  [-5, "now"],
  [999, "now"],
  [59_999, "59 s"],
  [3_599_999, "59 min"],
  [86_399_999, "23 h"],
  [86_400_000, "1 d"],
])("%d ms ago is %s", (ms, expected) => {
  expect(formatAge(ms)).toBe(expected);
});
