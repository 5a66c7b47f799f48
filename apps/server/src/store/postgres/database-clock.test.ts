import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DatabaseClock } from "./database-clock.ts";

describe("the database's clock", () => {
  /** The database's clock, beside this machine's. */
  let aheadMs: number;
  let answersAfterMs: number;
  let clock: DatabaseClock;

  beforeEach(async () => {
    vi.useFakeTimers({ now: 1_000_000 });
    aheadMs = 30 * 86_400_000;
    answersAfterMs = 0;
    clock = await start();
  });
  afterEach(() => {
    clock.stop();
    vi.useRealTimers();
  });

  async function start(): Promise<DatabaseClock> {
    return DatabaseClock.start({
      monotonicNow: () => performance.now(),
      async ask() {
        const time = Date.now() + aheadMs;
        if (answersAfterMs > 0) await new Promise((resolve) => setTimeout(resolve, answersAfterMs));
        return time;
      },
    });
  }

  it("is the same for nodes whose own clocks are apart, and runs on between two looks", async () => {
    expect(clock.now()).toBe(1_000_000 + aheadMs);
    await vi.advanceTimersByTimeAsync(1_234);
    expect(clock.now()).toBe(1_001_234 + aheadMs);
  });

  it("does not jump with the machine's time of day", () => {
    const before = clock.now();
    vi.setSystemTime(9_000_000_000);
    expect(clock.now()).toBe(before);
  });

  it("follows the database's, but not the time that an answer takes", async () => {
    aheadMs += 60_000;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(clock.now()).toBe(Date.now() + aheadMs);
    answersAfterMs = 3_000;
    await vi.advanceTimersByTimeAsync(8_000);
    expect(clock.now()).toBe(Date.now() + aheadMs);
  });

  it("runs on while the database is away", async () => {
    const ask = vi.fn(async () => Promise.reject(new Error("away")));
    const before = clock.now();
    clock.stop();
    ask.mockResolvedValueOnce(before as never);
    clock = await DatabaseClock.start({ monotonicNow: () => performance.now(), ask });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(clock.now()).toBe(before + 60_000);
    expect(ask.mock.calls.length).toBeGreaterThan(10);
  });
});
