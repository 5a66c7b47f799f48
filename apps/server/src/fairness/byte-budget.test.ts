import { describe, expect, it } from "vitest";
import { ByteBudget } from "./byte-budget.ts";

const never = new AbortController().signal;

/** Whether the promise is settled, after all that can settle now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => void (settled = true);
  promise.then(settle, settle);
  await new Promise(setImmediate);
  return settled;
}

describe("a budget of bytes", () => {
  it("lets in what fits, and the others in their order", async () => {
    const budget = new ByteBudget(100);
    const first = await budget.take("a", 60, never);
    const second = await budget.take("a", 40, never);
    const third = budget.take("a", 50, never);
    const fourth = budget.take("a", 1, never);
    expect(await isSettled(third)).toBe(false);
    second[Symbol.dispose]();
    expect(await isSettled(fourth)).toBe(false);
    first[Symbol.dispose]();
    (await third)[Symbol.dispose]();
    (await fourth)[Symbol.dispose]();
    expect(budget.size).toBe(0);
  });

  it("is each owner's own", async () => {
    const budget = new ByteBudget(100);
    using _whole = await budget.take("a", 100, never);
    using _other = await budget.take("b", 100, never);
    expect(budget.size).toBe(2);
  });

  it("takes what is larger than all of it alone", async () => {
    const budget = new ByteBudget(100);
    const large = await budget.take("a", 1_000, never);
    const small = budget.take("a", 1, never);
    expect(await isSettled(small)).toBe(false);
    large[Symbol.dispose]();
    (await small)[Symbol.dispose]();
    expect(budget.size).toBe(0);
  });

  it("forgets who leaves, and lets in who was behind them", async () => {
    const budget = new ByteBudget(100);
    const first = await budget.take("a", 60, never);
    const leaving = new AbortController();
    const second = budget.take("a", 100, leaving.signal);
    const third = budget.take("a", 40, never);
    expect(await isSettled(third)).toBe(false);
    leaving.abort(new Error("left"));
    await expect(second).rejects.toThrow("left");
    (await third)[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(budget.size).toBe(0);
    await expect(budget.take("a", 1, leaving.signal)).rejects.toThrow("left");
    expect(budget.size).toBe(0);
  });
});
