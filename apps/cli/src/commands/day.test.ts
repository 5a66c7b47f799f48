import { InvalidArgumentError } from "commander";
import { expect, it } from "vitest";
import { parseDay } from "./day.ts";

it("reads days by local time, and times ago", () => {
  expect(parseDay("2026-11-28")).toBe(new Date(2026, 10, 28).getTime());
  expect(parseDay("7d", 1_000_000_000)).toBe(1_000_000_000 - 604_800_000);
});

it.each(["", "yesterday", "2026-02-31", "2026-13-01", "28.11.2026", "0d"])("refuses %j", (text) => {
  expect(() => parseDay(text)).toThrow(InvalidArgumentError);
});
