import { expect, test } from "vitest";
import { GroupCommit } from "./group-commit.ts";

interface Piece {
  key: string;
  text: string;
  mayMerge: boolean;
}

/** A group commit whose batches are recorded and, on request, held until `finish`. */
function recorded({ maxItems = 100 } = {}) {
  const batches: string[][] = [];
  let finish: (() => void) | undefined;
  const group = new GroupCommit<Piece, string>({
    commitBatch: async (items) => {
      batches.push(items.map(({ text }) => text));
      const { promise, resolve } = Promise.withResolvers<void>();
      finish = resolve;
      await promise;
      return items.map(({ text }) => ({ ok: true, value: text }));
    },
    keyOf: ({ key }) => key,
    merge: (waiting, next) =>
      waiting.mayMerge && next.mayMerge ? { ...waiting, text: waiting.text + next.text } : undefined,
    weightOf: () => 1,
    maxItems,
    maxWeight: 1_000,
  });
  const add = (key: string, text: string, mayMerge: boolean) => group.add({ key, text, mayMerge });
  /** Ends the batch in flight, once there is one. */
  const finishNext = async (): Promise<void> => {
    while (finish === undefined) await new Promise(setImmediate);
    const resolve = finish;
    finish = undefined;
    resolve();
  };
  return { group, batches, add, finishNext };
}

test("what comes while a batch is in flight shares the next one, merged where it may be", async () => {
  const { batches, add, finishNext } = recorded();
  const first = add("a", "1", true);
  const finished = finishNext();
  await expect.poll(() => batches).toEqual([["1"]]);
  const later = [add("a", "2", true), add("b", "3", true), add("a", "4", true)];
  await finished;
  expect(await first).toBe("1");
  await finishNext();
  expect(await Promise.all(later)).toEqual(["24", "3", "24"]);
  expect(batches).toEqual([["1"], ["24", "3"]]);
});

test("what may not be merged stays in its own place, in order", async () => {
  const { group, batches, add, finishNext } = recorded();
  const first = add("a", "1", true);
  const merged = add("a", "2", true);
  const apart = add("a", "3", false);
  const last = add("a", "4", true);
  await finishNext();
  expect(await Promise.all([first, merged, apart, last])).toEqual(["12", "12", "3", "4"]);
  expect(batches).toEqual([["12", "3", "4"]]);
  await group.whenIdle();
});

test("what waits alone is committed without anybody's help", async () => {
  const { group, batches, add, finishNext } = recorded();
  for (const text of ["1", "2", "3"]) {
    const added = add("a", text, true);
    await finishNext();
    expect(await added).toBe(text);
  }
  expect(batches).toEqual([["1"], ["2"], ["3"]]);
  await group.whenIdle();
});

test("a batch that is full is followed by another, and nothing is left over", async () => {
  const { group, batches, add, finishNext } = recorded({ maxItems: 2 });
  const first = add("a", "1", true);
  await expect.poll(() => batches.length).toBe(1);
  const rest = ["b", "c", "d", "e", "f"].map((key) => add(key, key, true));
  for (let batch = 0; batch < 4; batch++) await finishNext();
  await Promise.all([first, ...rest]);
  expect(batches).toEqual([["1"], ["b", "c"], ["d", "e"], ["f"]]);
  await group.whenIdle();
});

test("a batch that fails fails for all of it, and the next one goes on", async () => {
  const failing = new GroupCommit<Piece, string>({
    commitBatch: async (items) => {
      if (items.some(({ text }) => text === "bad")) throw new Error("no room");
      return items.map(({ text }) => ({ ok: true, value: text }));
    },
    keyOf: ({ key }) => key,
    merge: () => undefined,
    weightOf: () => 1,
    maxItems: 10,
    maxWeight: 10,
  });
  await expect(failing.add({ key: "a", text: "bad", mayMerge: false })).rejects.toThrow("no room");
  expect(await failing.add({ key: "a", text: "good", mayMerge: false })).toBe("good");
  await failing.whenIdle();
});
