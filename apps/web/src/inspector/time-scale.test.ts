import { expect, it } from "vitest";
import { timeScale } from "./time-scale.ts";

it("keeps the proportions of what happened", () => {
  const scale = timeScale([
    { startAt: 1_000, endAt: 1_250 },
    { startAt: 1_250, endAt: 2_000 },
  ]);
  expect([1_000, 1_250, 1_500, 2_000].map(scale)).toEqual([0, 0.25, 0.5, 1]);
});

it("cuts short where nothing happened", () => {
  const scale = timeScale([
    { startAt: 0, endAt: 100 },
    { startAt: 3_600_000, endAt: 3_600_100 },
  ]);
  expect(scale(100)).toBeCloseTo(0.47, 2);
  expect(scale(3_600_000)).toBeCloseTo(0.53, 2);
  expect(scale(3_600_100)).toBe(1);
});

it("takes overlapping spans for one stretch", () => {
  const scale = timeScale([
    { startAt: 0, endAt: 100 },
    { startAt: 50, endAt: 80 },
    { startAt: 90, endAt: 200 },
  ]);
  expect(scale(100)).toBe(0.5);
});

it("has room for nothing at all", () => {
  expect(timeScale([])(5)).toBe(0);
  expect(timeScale([{ startAt: 5, endAt: 5 }])(5)).toBe(0);
});
