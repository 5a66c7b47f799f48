import { expect, it } from "vitest";
import { SteadyClock } from "./steady-clock.ts";

const HOUR = 3_600_000;
const NOON = 1_800_000_000_000;

function machine() {
  const times = { wall: NOON, monotonic: 0 };
  const clock = new SteadyClock({ wallNow: () => times.wall, monotonicNow: () => times.monotonic });
  const pass = (ms: number): number => {
    times.wall += ms;
    times.monotonic += ms;
    return clock.now();
  };
  const set = (ms: number): number => {
    times.wall += ms;
    return clock.now();
  };
  return { times, clock, pass, set };
}

it("goes with the machine's clock, and forwards with it", () => {
  const { pass, set } = machine();
  expect(pass(1_000)).toBe(NOON + 1_000);
  expect(set(HOUR)).toBe(NOON + HOUR + 1_000);
});

it("B13-order: is not set back; it continues a little slower, until the machine's has caught up", () => {
  const { times, pass, set } = machine();
  expect(set(-HOUR)).toBe(NOON);
  expect(pass(64_000)).toBe(NOON + 63_000);
  let before = NOON;
  for (let hours = 0; hours < 70; hours++) {
    const now = pass(HOUR);
    expect(now).toBeGreaterThan(before);
    before = now;
  }
  expect(before).toBe(times.wall);
});

it("B13-order: is where it was before a restart", () => {
  const { clock, pass } = machine();
  clock.notBefore(NOON + HOUR);
  expect(clock.now()).toBe(NOON + HOUR);
  expect(pass(64)).toBe(NOON + HOUR + 63);
});

it("follows a clock that was wrong by more than a day", () => {
  const { times, clock, set } = machine();
  expect(set(30 * 24 * HOUR)).toBe(NOON + 30 * 24 * HOUR);
  expect(set(-30 * 24 * HOUR)).toBe(NOON);
  clock.notBefore(NOON + 25 * HOUR);
  expect(clock.now()).toBe(times.wall);
});
