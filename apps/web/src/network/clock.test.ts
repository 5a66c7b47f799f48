import { afterEach, beforeEach, expect, it, vi } from "vitest";

// Time stands still: between two looks at it, a busy machine may do something else for seconds.
beforeEach(() => vi.useFakeTimers({ toFake: ["Date", "performance"] }));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A page on a machine with a wrong clock, and a server whose time is `serverTime`. */
async function page(serverTime: () => number) {
  vi.resetModules();
  vi.stubGlobal(
    "fetch",
    async () => new Response("", { headers: { date: new Date(serverTime()).toUTCString() } }),
  );
  return import("./clock.ts");
}

const HOUR = 3_600_000;

it("D2: time is the server's, however wrong this machine's clock is", async () => {
  for (const off of [3 * HOUR, -10 * 60_000, -24 * HOUR]) {
    const serverTime = (): number => Date.now() + off;
    const clock = await page(serverTime);
    expect(clock.serverNow()).toBeNull();
    await clock.askServerTime();
    expect(Math.abs((clock.serverNow() ?? 0) - serverTime())).toBeLessThan(1_000);
    clock.noteEventTime(serverTime());
    expect(clock.serverNow()).toBeGreaterThanOrEqual(serverTime() - 5);
  }
});

it("D2: a clock that is set meanwhile is believed again after the next answer", async () => {
  let off = 0;
  const serverTime = (): number => Date.now() + off;
  const clock = await page(serverTime);
  await clock.askServerTime();
  off = -HOUR;
  await clock.askServerTime();
  expect(Math.abs((clock.serverNow() ?? 0) - serverTime())).toBeLessThan(1_000);
});

it("D2: without a server, this machine's clock has to do", async () => {
  const clock = await page(Date.now);
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("Failed to fetch");
  });
  await clock.askServerTime();
  expect(Math.abs((clock.serverNow() ?? 0) - Date.now())).toBeLessThan(1_000);
});
