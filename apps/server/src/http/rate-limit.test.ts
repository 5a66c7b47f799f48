import { expect, it } from "vitest";
import { RateLimit } from "./rate-limit.ts";

const clock = { now: 1_000_000 };
const open = (perMinute: number) => new RateLimit({ perMinute, now: () => clock.now });

it("gives a minute's worth at once, then says when there is more", () => {
  const limit = open(60);
  const answers = Array.from({ length: 61 }, () => limit.take("a"));
  expect(answers.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => 0));
  expect(answers[60]).toBe(1_000);
  clock.now += 999;
  expect(limit.take("a")).toBe(1);
  clock.now += 1;
  expect(limit.take("a")).toBe(0);
  expect(limit.take("a")).toBe(1_000);
});

it("takes nothing from who was refused, and nothing from others", () => {
  const limit = open(1);
  expect(limit.take("a")).toBe(0);
  for (let times = 0; times < 10; times += 1) expect(limit.take("a")).toBe(60_000);
  expect(limit.take("b")).toBe(0);
  clock.now += 60_000;
  expect(limit.take("a")).toBe(0);
});

it("counts what costs more as more", () => {
  const limit = open(10);
  expect(limit.take("a", 9)).toBe(0);
  expect(limit.take("a", 2)).toBe(6_000);
  expect(limit.take("a", 1)).toBe(0);
});

it("keeps nobody out for as long as the clock was set back", () => {
  const limit = open(60);
  limit.take("a", 60);
  clock.now -= 3_600_000;
  expect(limit.take("a")).toBe(0);
});

it("remembers whom it has to for a minute, and bounds how many those are", () => {
  const limit = open(1);
  limit.take("first");
  for (let key = 0; key < 10_000; key += 1) limit.take(`k${key}`);
  expect(limit.take("first")).toBe(60_000);
  for (let key = 0; key < 50_000; key += 1) limit.take(`n${key}`);
  expect(limit.size).toBeLessThanOrEqual(20_001);
});
