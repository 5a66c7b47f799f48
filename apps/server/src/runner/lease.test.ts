import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StoreUnavailableError } from "../store/port.ts";
import { Lease } from "./lease.ts";

const away = (): StoreUnavailableError => new StoreUnavailableError("unavailable", "away");

describe("lease", () => {
  let told: string[];
  let renewals: { leaseMs: number | null }[];
  /** What the store does with the next renewals. */
  let renew: () => Promise<void>;
  let lease: Lease;

  beforeEach(() => {
    vi.useFakeTimers();
    told = [];
    renewals = [];
    renew = async () => undefined;
    lease = openLease(false);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function openLease(isExclusive: boolean): Lease {
    return new Lease({
      nodes: {
        async renew(_node, leaseMs) {
          renewals.push({ leaseMs });
          await renew();
        },
        leave: async () => void told.push("left"),
      },
      isExclusive,
      id: "id",
      name: "name",
      now: Date.now,
      monotonicNow: () => performance.now(),
      logger: pino({ level: "silent" }),
      onLost: () => void told.push("lost"),
      onRegained: () => void told.push("regained"),
    });
  }

  it("is renewed well before it ends, by the store's clock", async () => {
    await lease.start();
    expect(lease.isHeld).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lease.isHeld).toBe(true);
    expect(told).toEqual([]);
    expect(renewals.length).toBeGreaterThanOrEqual(20);
    expect(renewals[0]).toEqual({ leaseMs: 10_000 });
    await lease.stop();
    expect(told).toEqual(["left"]);
  });

  it("of a store of its own it needs no renewal", async () => {
    lease = openLease(true);
    await lease.start();
    expect(lease.isSettled).toBe(true);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(lease.isHeld).toBe(true);
    expect(renewals).toEqual([{ leaseMs: null }]);
    await lease.stop();
  });

  it("is over for its node before it is for the others, and comes back with the store", async () => {
    await lease.start();
    await vi.advanceTimersByTimeAsync(5_000);
    renew = async () => Promise.reject(away());
    // The last renewal was requested at 5 s: others may take over at 15 s.
    await vi.advanceTimersByTimeAsync(7_400);
    expect([lease.isHeld, told]).toEqual([true, []]);
    await vi.advanceTimersByTimeAsync(200);
    expect([lease.isHeld, told]).toEqual([false, ["lost"]]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual(["lost"]);
    renew = async () => undefined;
    await vi.advanceTimersByTimeAsync(600);
    expect([lease.isHeld, told]).toEqual([true, ["lost", "regained"]]);
    await lease.stop();
  });

  it("counts from before it asked: an answer that comes late holds for less", async () => {
    await lease.start();
    renew = async () => new Promise((resolve) => setTimeout(resolve, 7_000));
    await vi.advanceTimersByTimeAsync(9_600);
    // Requested at 2.5 s and answered at 9.5 s: lost at 7.5 s, and held again until 10 s.
    expect([lease.isHeld, told]).toEqual([true, ["lost", "regained"]]);
    await vi.advanceTimersByTimeAsync(500);
    expect([lease.isHeld, told]).toEqual([false, ["lost", "regained", "lost"]]);
    renew = async () => undefined;
    await vi.advanceTimersByTimeAsync(20_000);
    await lease.stop();
  });

  it("an answer that comes after its own end gives nothing back", async () => {
    await lease.start();
    renew = async () => new Promise((resolve) => setTimeout(resolve, 9_000));
    await vi.advanceTimersByTimeAsync(12_000);
    expect([lease.isHeld, told]).toEqual([false, ["lost"]]);
    renew = async () => undefined;
    await vi.advanceTimersByTimeAsync(20_000);
    await lease.stop();
  });

  it("takes nothing over until the others have had their time to come back", async () => {
    await lease.start();
    expect(lease.isSettled).toBe(false);
    await vi.advanceTimersByTimeAsync(3_100);
    expect(lease.isSettled).toBe(true);
    renew = async () => Promise.reject(away());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lease.isSettled).toBe(false);
    renew = async () => undefined;
    await vi.advanceTimersByTimeAsync(1_000);
    expect([lease.isHeld, lease.isSettled]).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(lease.isSettled).toBe(true);
    await lease.stop();
  });
});
