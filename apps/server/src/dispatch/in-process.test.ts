import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createInProcessDispatcher } from "./in-process.ts";

/** Sessions of owners, each at work until the test ends it. */
class World {
  readonly working = new Map<string, (more: boolean) => void>();
  readonly dispatcher;

  constructor(concurrency: number, isShared: boolean) {
    this.dispatcher = createInProcessDispatcher({ concurrency, isShared: () => isShared });
    this.dispatcher.start(
      async (sessionId) => new Promise((resolve) => this.working.set(sessionId, resolve)),
    );
  }

  ring(ownerId: string, ...numbers: number[]): void {
    for (const number of numbers) this.dispatcher.ring({ ownerId, sessionId: `${ownerId}${number}` });
  }

  async end(sessionId: string, more = false): Promise<void> {
    this.working.get(sessionId)?.(more);
    this.working.delete(sessionId);
    await new Promise(setImmediate);
  }

  count(ownerId: string): number {
    return [...this.working.keys()].filter((id) => id.startsWith(ownerId)).length;
  }
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("E1: fairness of the slots", () => {
  it("16 long tasks of one owner do not keep four others waiting", () => {
    const world = new World(16, true);
    world.ring("a", ...upTo(40));
    expect(world.count("a")).toBe(12);
    for (const owner of ["b", "c", "d", "e"]) {
      world.ring(owner, 0);
      expect(world.count(owner)).toBe(1);
    }
    expect(world.working.size).toBe(16);
  });

  it("whoever has nothing running gets the next slot, before those who were first", async () => {
    const world = new World(2, true);
    world.ring("a", ...upTo(10));
    world.ring("b", 0);
    world.ring("c", 0);
    expect([...world.working.keys()]).toEqual(["a0", "b0"]);
    await world.end("a0", true);
    expect([...world.working.keys()]).toEqual(["b0", "c0"]);
  });

  it("nobody is kept a slot for on a server with one user", () => {
    const world = new World(16, false);
    world.ring("a", ...upTo(40));
    expect(world.count("a")).toBe(16);
  });

  it("a single slot goes to whoever has nothing running", async () => {
    const world = new World(1, true);
    world.ring("a", ...upTo(5));
    world.ring("b", 0);
    expect([...world.working.keys()]).toEqual(["a0"]);
    await world.end("a0");
    expect([...world.working.keys()]).toEqual(["b0"]);
    await world.end("b0");
    expect([...world.working.keys()]).toEqual(["a1"]);
  });

  it("holds what it promises whatever happens", async () => {
    const step = fc.oneof(
      fc.record({ ring: fc.constantFrom("a", "b", "c", "d"), session: fc.nat(6) }),
      fc.record({ end: fc.nat(20), more: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        fc.array(step, { maxLength: 60 }),
        async (slots, isShared, steps) => {
          const world = new World(slots, isShared);
          /** Sessions with work that has no slot yet. */
          const waiting = new Set<string>();
          const settle = (before: ReadonlySet<string>): void => {
            for (const id of world.working.keys()) if (!before.has(id)) waiting.delete(id);
          };
          for (const action of steps) {
            const before = new Set(world.working.keys());
            if ("ring" in action) {
              const id = `${action.ring}${action.session}`;
              if (!before.has(id)) {
                waiting.add(id);
                world.ring(action.ring, action.session);
              }
            } else {
              const id = [...before][action.end];
              if (id === undefined) continue;
              before.delete(id);
              if (action.more) waiting.add(id);
              await world.end(id, action.more);
            }
            settle(before);

            expect(world.working.size).toBeLessThanOrEqual(slots);
            const owners = new Set([...waiting].map((id) => id.slice(0, 1)));
            const newcomers = [...owners].filter((owner) => world.count(owner) === 0);
            // A free slot is never kept from somebody who has nothing running.
            if (world.working.size < slots) expect(newcomers).toEqual([]);
            const kept = isShared && slots > 1 ? Math.max(1, Math.floor(slots / 4)) : 0;
            for (const owner of ["a", "b", "c", "d"])
              expect(world.count(owner)).toBeLessThanOrEqual(slots - kept);
            // And nothing is left idle beyond what is kept.
            if (owners.size > 0) expect(world.working.size).toBeGreaterThanOrEqual(slots - kept);
          }
          for (let rounds = 0; waiting.size > 0 && rounds < 200; rounds += 1) {
            const before = new Set(world.working.keys());
            const [id = ""] = before;
            before.delete(id);
            await world.end(id);
            settle(before);
          }
          expect([...waiting]).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
