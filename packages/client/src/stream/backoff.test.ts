import { expect, it } from "vitest";
import { backoffMs, DEFAULT_BACKOFF } from "./backoff.ts";

it("doubles its upper bound with each failure, from 250 ms to 10 s", () => {
  const bounds = [1, 2, 3, 4, 5, 6, 1_000].map((failures) => backoffMs(failures, DEFAULT_BACKOFF, 1));
  expect(bounds).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  expect(backoffMs(6, DEFAULT_BACKOFF, 0)).toBe(250);
  expect(backoffMs(6, DEFAULT_BACKOFF, 0.5)).toBe(5_125);
});
