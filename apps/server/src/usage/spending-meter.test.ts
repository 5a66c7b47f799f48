import { expect, it } from "vitest";
import type { Spending, UsageOf } from "../store/port.ts";
import { NO_SPENDING, SpendingMeter } from "./spending-meter.ts";

const MINUTE_MS = 60_000;

/** A step a minute, by a ledger that can be out of reach. */
class Ledger {
  isAway = false;
  now = 10 * MINUTE_MS;

  async firstAt(): Promise<number> {
    return 0;
  }

  async spent(_of: UsageOf, { from, to = this.now }: { from: number; to?: number }): Promise<Spending> {
    if (this.isAway) throw new Error("the store is away");
    return { ...NO_SPENDING, steps: Math.floor(to / MINUTE_MS) - Math.floor(from / MINUTE_MS) };
  }
}

it("counts on once the ledger can be read again, for whoever asked meanwhile too", async () => {
  const ledger = new Ledger();
  const meter = new SpendingMeter(ledger, () => ledger.now);
  const steps = async (): Promise<number> => (await meter.spent("everybody", 0)).steps;
  expect(await steps()).toBe(10);
  ledger.now += 10 * MINUTE_MS;
  ledger.isAway = true;
  const asked = await Promise.allSettled([steps(), steps()]);
  expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  ledger.isAway = false;
  expect(await steps()).toBe(20);
  ledger.now += 10 * MINUTE_MS;
  expect(await steps()).toBe(30);
});

it("counts what is spent after a clock that ran ahead was put back", async () => {
  const calls = [1 * MINUTE_MS, 2 * MINUTE_MS];
  let now = 10 * MINUTE_MS;
  const ledger = {
    firstAt: async () => calls[0],
    spent: async (_of: UsageOf, { from, to = Number.POSITIVE_INFINITY }: { from: number; to?: number }) => ({
      ...NO_SPENDING,
      steps: calls.filter((at) => at >= from && at < to).length,
    }),
  };
  const meter = new SpendingMeter(ledger, () => now);
  const steps = async (): Promise<number> => (await meter.spent("everybody", 0)).steps;
  expect(await steps()).toBe(2);
  now += 24 * 60 * MINUTE_MS;
  calls.push(now);
  expect(await steps()).toBe(3);
  now -= 24 * 60 * MINUTE_MS;
  calls.push(now);
  expect(await steps()).toBe(4);
});
