import { EventEmitter, on } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { collectUntil, DeadlineError, waitFor, waitForEvent, withDeadline } from "./wait-for.ts";

const never = new Promise<never>(() => {});

describe("withDeadline", () => {
  test("gives what the promise gives", async () => {
    await expect(withDeadline("an answer", Promise.resolve(7))).resolves.toBe(7);
    await expect(withDeadline("an answer", Promise.reject(new Error("no")))).rejects.toThrow("no");
  });

  test("names what did not come", async () => {
    await expect(withDeadline("the moon", never, { timeoutMs: 20 })).rejects.toThrow(
      new DeadlineError("waited 20 ms for the moon"),
    );
  });
});

describe("waitForEvent", () => {
  test("resolves with the event's arguments", async () => {
    const emitter = new EventEmitter();
    const waiting = waitForEvent(emitter, "ready");
    emitter.emit("ready", 1, 2);
    await expect(waiting).resolves.toEqual([1, 2]);
  });

  test("ends at the deadline", async () => {
    await expect(waitForEvent(new EventEmitter(), "ready", { timeoutMs: 20 })).rejects.toThrow("'ready'");
  });
});

describe("waitFor", () => {
  test("asks until the condition holds", async () => {
    let asked = 0;
    await expect(waitFor("three", () => ++asked === 3 && "yes", { intervalMs: 1 })).resolves.toBe("yes");
    expect(asked).toBe(3);
  });

  test("stops asking at the deadline", async () => {
    let asked = 0;
    await expect(waitFor("never", () => ++asked < 0, { timeoutMs: 30, intervalMs: 5 })).rejects.toThrow(
      "never",
    );
    const atDeadline = asked;
    await expect(withDeadline("nothing", never, { timeoutMs: 30 })).rejects.toThrow();
    expect(asked).toBe(atDeadline);
  });

  test("asks less often, the longer it takes and the more an answer costs", async () => {
    const count = async (costMs: number) => {
      let asked = 0;
      const ask = async () => {
        asked++;
        await wait(costMs);
        return false;
      };
      await expect(waitFor("never", ask, { timeoutMs: 1500 })).rejects.toThrow("never");
      return asked;
    };
    // At most every 10 ms for 200 ms, and then one more for each twentieth: 20 + 20 · ln(1500 / 200).
    expect(await count(0)).toBeLessThan(62);
    expect(await count(50)).toBeLessThanOrEqual(1500 / 150 + 1);
  });

  test("hands on what the condition throws", async () => {
    await expect(
      waitFor("it", () => {
        throw new Error("broken");
      }),
    ).rejects.toThrow("broken");
  });
});

describe("collectUntil", () => {
  test("ends the iteration with the item it looked for", async () => {
    let isClosed = false;
    async function* count() {
      try {
        for (let n = 1; ; n++) yield n;
      } finally {
        isClosed = true;
      }
    }
    await expect(collectUntil("three", count(), (n) => n === 3)).resolves.toEqual([1, 2, 3]);
    expect(isClosed).toBe(true);
  });

  test("says how far it came when nothing more comes", async () => {
    const emitter = new EventEmitter();
    const items = on(emitter, "item");
    emitter.emit("item", 1);
    await expect(collectUntil("two", items, ([n]) => n === 2, { timeoutMs: 30 })).rejects.toThrow(
      "1 items came",
    );
  });

  test("says when the iteration ended first", async () => {
    async function* one() {
      yield 1;
    }
    await expect(collectUntil("two", one(), (n) => n === 2)).rejects.toThrow(
      "ended after 1 items, before two",
    );
  });
});
