import { expect, it } from "vitest";
import { formatAge, formatDuration } from "./duration.ts";

it.each([
  [0, "0ms"],
  [99.4, "99ms"],
  [100, "0.1s"],
  [59_949, "59.9s"],
  [59_990, "1m 00s"],
  [125_000, "2m 05s"],
  [3_599_999, "60m 00s"],
  [3_600_000, "1h 00m"],
  [90_061_000, "25h 01m"],
])("%d ms took %s", (ms, expected) => {
  expect(formatDuration(ms)).toBe(expected);
});

it.each([
  [-5, "now"],
  [999, "now"],
  [59_999, "59s"],
  [3_599_999, "59m"],
  [86_399_999, "23h"],
  [86_400_000, "1d"],
])("%d ms ago is %s", (ms, expected) => {
  expect(formatAge(ms)).toBe(expected);
});
