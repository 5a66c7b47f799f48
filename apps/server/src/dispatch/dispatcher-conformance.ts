import { waitFor } from "@trunkline/testkit";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { actForRequest, callerName } from "../fairness/caller.ts";
import type { Dispatcher } from "./port.ts";

export interface DispatcherHarness {
  name: string;
  create(options: { concurrency: number; isShared: () => boolean }): Promise<Dispatcher>;
  /** Number of random histories. */
  runs: number;
}

/** Sessions of owners, each running until the test ends it. Violations are recorded as they happen. */
export class DispatchWorld {
  readonly working = new Map<string, (more: boolean) => void>();
  /** Sessions with work that has not started. */
  readonly waiting = new Set<string>();
  readonly wrong: string[] = [];
  /** In the order in which they started. */
  readonly begun: string[] = [];
  /** On whose behalf they run, in the same order. */
  readonly callers: string[] = [];
  readonly kept: number;
  readonly dispatcher: Dispatcher;
  readonly slots: number;
  readonly #rungMeanwhile = new Set<string>();

  constructor(dispatcher: Dispatcher, slots: number, isShared: boolean) {
    this.dispatcher = dispatcher;
    this.slots = slots;
    this.kept = isShared && slots > 1 ? Math.max(1, Math.floor(slots / 4)) : 0;
  }

  start(): void {
    this.dispatcher.start(async (sessionId) => {
      this.#check(sessionId);
      this.begun.push(sessionId);
      this.callers.push(callerName());
      this.waiting.delete(sessionId);
      return new Promise((resolve) => this.working.set(sessionId, resolve));
    });
  }

  ring(ownerId: string, ...numbers: number[]): void {
    for (const number of numbers) {
      const sessionId = `${ownerId}${number}`;
      if (this.working.has(sessionId)) this.#rungMeanwhile.add(sessionId);
      else this.waiting.add(sessionId);
      this.dispatcher.ring({ ownerId, sessionId });
    }
  }

  end(sessionId: string, more = false): void {
    const resolve = this.working.get(sessionId);
    this.working.delete(sessionId);
    if (this.#rungMeanwhile.delete(sessionId) || more) this.waiting.add(sessionId);
    resolve?.(more);
  }

  count(ownerId: string): number {
    return [...this.working.keys()].filter((id) => id.startsWith(ownerId)).length;
  }

  /** Sorted. */
  get atWork(): string[] {
    return [...this.working.keys()].toSorted();
  }

  /** No slot stays idle while somebody may have it. */
  async settled(): Promise<void> {
    const isSettled = (): boolean => {
      const owners = new Set([...this.waiting].map((id) => id.slice(0, 1)));
      if (owners.size === 0 || this.working.size === this.slots) return true;
      return (
        [...owners].every((owner) => this.count(owner) > 0) && this.working.size >= this.slots - this.kept
      );
    };
    await waitFor("all slots to be used that may be", isSettled, { intervalMs: 1 });
  }

  /** Ends whatever is running, and lets nothing start any more. */
  async stop(): Promise<void> {
    const stopped = this.dispatcher.stop();
    for (const sessionId of this.working.keys()) this.end(sessionId);
    await stopped;
  }

  #check(sessionId: string): void {
    const ownerId = sessionId.slice(0, 1);
    if (this.working.has(sessionId)) this.wrong.push(`${sessionId} twice at a time`);
    if (this.working.size >= this.slots) this.wrong.push(`${sessionId} without a slot`);
    if (this.count(ownerId) > 0 && this.count(ownerId) >= this.slots - this.kept) {
      this.wrong.push(`${sessionId} in a slot that is kept for others`);
    }
  }
}

/** For what needs a round trip to the queue. */
export const SOON = { interval: 1, timeout: 60_000 };

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Conformance suite for a dispatcher on one node. */
export function describeDispatcher({ name, create, runs }: DispatcherHarness): void {
  const worlds: DispatchWorld[] = [];
  const world = async (concurrency: number, isShared: boolean) => {
    const dispatcher = await create({ concurrency, isShared: () => isShared });
    const made = new DispatchWorld(dispatcher, concurrency, isShared);
    made.start();
    worlds.push(made);
    return made;
  };
  afterEach(async () => {
    for (const made of worlds.splice(0)) {
      await made.stop();
      expect(made.wrong).toEqual([]);
    }
  });

  describe(`E1: fairness of the slots, ${name}`, () => {
    it("16 long tasks of one owner do not keep four others waiting", async () => {
      const made = await world(16, true);
      made.ring("a", ...upTo(40));
      await expect.poll(() => made.count("a"), SOON).toBe(12);
      for (const owner of ["b", "c", "d", "e"]) {
        made.ring(owner, 0);
        await expect.poll(() => made.count(owner), SOON).toBe(1);
      }
      expect(made.working.size).toBe(16);
    });

    it("whoever has nothing running gets the next slot, before those who were first", async () => {
      const made = await world(2, true);
      made.ring("a", ...upTo(10));
      made.ring("b", 0);
      await expect.poll(() => made.atWork, SOON).toEqual(["a0", "b0"]);
      made.ring("c", 0);
      made.end("a0", true);
      await expect.poll(() => made.atWork, SOON).toEqual(["b0", "c0"]);
    });

    it("nobody is kept a slot for on a server with one user", async () => {
      const made = await world(16, false);
      made.ring("a", ...upTo(40));
      await expect.poll(() => made.count("a"), SOON).toBe(16);
    });

    it("a single slot goes to whoever has nothing running, and owners take turns", async () => {
      const made = await world(1, true);
      made.ring("a", ...upTo(5));
      await expect.poll(() => made.atWork, SOON).toEqual(["a0"]);
      made.ring("b", 0);
      made.ring("c", 0);
      for (const [ended, next] of [
        ["a0", "b0"],
        ["b0", "c0"],
        ["c0", "a1"],
      ] as const) {
        made.end(ended);
        await expect.poll(() => made.atWork, SOON).toEqual([next]);
      }
    });

    it("a session that is rung while it is at work is served once more", async () => {
      const made = await world(2, false);
      made.ring("a", 0);
      await expect.poll(() => made.atWork, SOON).toEqual(["a0"]);
      made.ring("a", 0);
      made.end("a0");
      await expect.poll(() => made.begun, SOON).toEqual(["a0", "a0"]);
    });

    it("whoever's request has set it going, a session runs on its owner's behalf", async () => {
      const made = await world(1, false);
      actForRequest("b", () => made.ring("a", 0));
      await expect.poll(() => made.begun, SOON).toEqual(["a0"]);
      actForRequest("b", () => made.ring("c", 0));
      made.end("a0");
      await expect.poll(() => made.begun, SOON).toEqual(["a0", "c0"]);
      expect(made.callers).toEqual(["tasks a", "tasks c"]);
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
            const made = await world(slots, isShared);
            for (const action of steps) {
              if ("ring" in action) made.ring(action.ring, action.session);
              else {
                const id = [...made.working.keys()][action.end];
                if (id !== undefined) made.end(id, action.more);
              }
              await made.settled();
              expect(made.wrong).toEqual([]);
            }
            while (made.waiting.size > 0 || made.working.size > 0) {
              await waitFor("one to be at work", () => made.working.size > 0, { intervalMs: 1 });
              const [id = ""] = made.working.keys();
              made.end(id);
              await made.settled();
            }
            await made.stop();
            worlds.splice(worlds.indexOf(made), 1);
            expect(made.wrong).toEqual([]);
          },
        ),
        { numRuns: runs },
      );
    });
  });

  describe(`pausing, ${name}`, () => {
    it("begins nothing while it is paused, lets go on what runs, and goes on when it is resumed", async () => {
      const made = await world(2, false);
      made.ring("a", 0);
      await expect.poll(() => made.atWork, SOON).toEqual(["a0"]);
      made.dispatcher.pause();
      made.ring("a", 1);
      made.end("a0", true);
      expect([...made.waiting]).toEqual(["a1", "a0"]);
      made.dispatcher.resume();
      await expect.poll(() => made.atWork, SOON).toEqual(["a0", "a1"]);
      expect(made.begun).toHaveLength(3);
    });
  });
}
