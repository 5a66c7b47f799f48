import { describe, expect, it } from "vitest";
import { type Machine, simulateThroughput, type TaskCost } from "./simulate.ts";

const COST: TaskCost = { nodeMs: 2, storeMs: 1, clientMs: 0, commits: 4, flushMs: 0 };
const MACHINE: Machine = { cores: 100, nodes: 1, lanes: 4, tasksAtOnce: 64 };

describe("simulated throughput", () => {
  it("is a node's, while that has one event loop and cores to spare", () => {
    expect(simulateThroughput(COST, MACHINE)).toBeCloseTo(500, -1);
    expect(simulateThroughput(COST, { ...MACHINE, nodes: 3 })).toBeCloseTo(1_500, -2);
  });

  it("is the machine's, where nodes and store share too few cores", () => {
    for (const nodes of [2, 3, 8]) {
      expect(simulateThroughput(COST, { ...MACHINE, nodes, cores: 2 })).toBeCloseTo(2_000 / 3, -1.5);
    }
  });

  it("is the disk's, where few tasks wait for slow flushes", () => {
    const slow = { ...COST, nodeMs: 0.01, storeMs: 0.01, flushMs: 10 };
    // Four successive flushes for each, shared with those that wait for the same one.
    expect(simulateThroughput(slow, { ...MACHINE, tasksAtOnce: 1 })).toBeCloseTo(25, 0);
    expect(simulateThroughput(slow, { ...MACHINE, tasksAtOnce: 10 })).toBeGreaterThan(100);
  });

  it("is the client's, where that is the slowest", () => {
    expect(simulateThroughput({ ...COST, clientMs: 10 }, { ...MACHINE, nodes: 3 })).toBeCloseTo(100, -1);
  });
});
