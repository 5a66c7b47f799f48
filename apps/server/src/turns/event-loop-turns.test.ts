import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EventLoopTurns } from "./event-loop-turns.ts";

// Time stands still: between two turns a busy machine may do something else for longer than deferred work waits.
beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => {
  vi.useRealTimers();
});

/** Work done in each turn of the event loop. */
async function turnsOf(count: number, done: string[]): Promise<string[][]> {
  const turns: string[][] = [];
  for (let turn = 0; turn < count; turn++) {
    turns.push(done.splice(0));
    await new Promise(setImmediate);
  }
  return turns;
}

test("who comes alone is answered at once", () => {
  const done: string[] = [];
  new EventLoopTurns().answer("a", () => done.push("answer"));
  expect(done).toEqual(["answer"]);
});

test("many are answered in their order, some in each turn, and what nobody waits for comes after them", async () => {
  const turns = new EventLoopTurns();
  const done: string[] = [];
  turns.afterAnswers(() => done.push("later"));
  for (let index = 0; index < 10; index++) turns.answer("a", () => done.push(String(index)));
  const numbers = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, index) => String(from + index));
  expect(await turnsOf(4, done)).toEqual([numbers(0, 4), numbers(4, 8), [...numbers(8, 10), "later"], []]);
});

test("a caller's thousand requests keep nobody else's one waiting", async () => {
  const turns = new EventLoopTurns();
  const done: string[] = [];
  for (let index = 0; index < 1_000; index++) turns.answer("a", () => done.push(`a${index}`));
  turns.answer("b", () => done.push("b0"));
  turns.answer("b", () => done.push("b1"));
  turns.answer("c", () => done.push("c0"));
  const [, ...next] = await turnsOf(3, done);
  expect(next).toEqual([
    ["a4", "b0", "c0", "a5"],
    ["b1", "a6", "a7", "a8"],
  ]);
  await expect.poll(() => done.includes("a999")).toBe(true);
});

test("what nobody waits for is begun one at a time, and in the end all of it", async () => {
  const turns = new EventLoopTurns();
  const done: string[] = [];
  for (let index = 0; index < 3; index++) turns.afterAnswers(() => done.push("later"));
  const counts = (await turnsOf(5, done)).map(({ length }) => length);
  expect(counts).toEqual([0, 1, 1, 1, 0]);
});

test("answers without an end do not keep it away", async () => {
  const turns = new EventLoopTurns();
  let begun = false;
  let answers = 0;
  const another = (): void => {
    answers += 1;
    if (begun) return;
    vi.advanceTimersByTime(1);
    // One more than a turn takes, so that some are always waiting.
    for (let index = 0; index < 9; index++) turns.answer("a", () => undefined);
    setImmediate(another);
  };
  another();
  turns.afterAnswers(() => {
    begun = true;
  });
  await expect.poll(() => begun).toBe(true);
  expect(answers).toBeGreaterThan(1);
});

test("what nobody waits for waits for requests that are being answered, though not for long", async () => {
  const turns = new EventLoopTurns();
  const done: string[] = [];
  const first = turns.answering();
  const second = turns.answering();
  turns.afterAnswers(() => done.push("later"));
  expect(await turnsOf(3, done)).toEqual([[], [], []]);
  first[Symbol.dispose]();
  expect(await turnsOf(3, done)).toEqual([[], [], []]);
  second[Symbol.dispose]();
  expect(await turnsOf(2, done)).toEqual([[], ["later"]]);

  using _endless = turns.answering();
  turns.afterAnswers(() => done.push("in any case"));
  expect(await turnsOf(3, done)).toEqual([[], [], []]);
  vi.advanceTimersByTime(50);
  expect(done).toEqual(["in any case"]);
});
