import { expect, it } from "vitest";
import { soak } from "./soak.ts";

// `pnpm soak` for some seconds: that it works, not what it measures.
it("loads a server, kills subscribers, gets over faults, and has figures of the start and the end", async () => {
  const report = await soak({ durationMs: 6_000, sessions: 3 });
  expect(report.problems).toEqual([]);
  expect(report.tasks).toBeGreaterThanOrEqual(3);
  expect(report.kills).toBeGreaterThan(0);
  for (const part of [report.start, report.end]) {
    expect(part.residentBytes).toBeGreaterThan(10e6);
    expect(part.heapBytes).toBeGreaterThan(10e6);
    expect(part.handles).toBeGreaterThan(10);
  }
  // A part is a second here, in which a busy machine may deliver nothing.
  const measured = [report.start, report.end].filter(({ latencies }) => latencies > 0);
  expect(measured).not.toEqual([]);
  for (const { p50Ms, p99Ms } of measured) expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
});
