import { afterEach, expect, test, vi } from "vitest";
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
    mayWait: ({ mayMerge }) => mayMerge,
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

/** Time stands still until it is advanced. @returns a group that has just committed pieces of `streams` in one batch. */
async function afterStreams(streams: number) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const recording = recorded();
  const pieces = Array.from({ length: streams }, (_, index) => recording.add(`s${index}`, "x", true));
  await recording.finishNext();
  await Promise.all(pieces);
  await turns();
  recording.batches.length = 0;
  return recording;
}

/** Enough of the event loop for a batch to begin. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

afterEach(() => {
  vi.useRealTimers();
});

test("where many streams run, pieces gather for a moment", async () => {
  const { group, batches, add, finishNext } = await afterStreams(4);
  const pieces = [add("a", "1", true)];
  await turns();
  pieces.push(add("b", "2", true), add("a", "3", true));
  await turns();
  expect(batches).toEqual([]);
  vi.advanceTimersByTime(4);
  await finishNext();
  expect(await Promise.all(pieces)).toEqual(["13", "2", "13"]);
  expect(batches).toEqual([["13", "2"]]);
  await group.whenIdle();
});

test("anything but a piece ends the gathering, and takes the pieces along", async () => {
  const { batches, add, finishNext } = await afterStreams(4);
  const piece = add("a", "1", true);
  await turns();
  const submit = add("b", "2", false);
  await finishNext();
  expect(await Promise.all([piece, submit])).toEqual(["1", "2"]);
  expect(batches).toEqual([["1", "2"]]);
});

test("what is no piece begins a batch at once while others gather theirs", async () => {
  const { batches, add, finishNext } = await afterStreams(4);
  const submit = add("a", "1", false);
  await finishNext();
  expect(await submit).toBe("1");
  expect(batches).toEqual([["1"]]);
});

test("the pieces of few streams never wait", async () => {
  const { batches, add, finishNext } = await afterStreams(3);
  const piece = add("a", "1", true);
  await finishNext();
  expect(await piece).toBe("1");
  expect(batches).toEqual([["1"]]);
});

test("writers that wait for each of their pieces wait for no gathering", async () => {
  const { group, batches, add, finishNext } = await afterStreams(4);
  const write = async (key: string): Promise<void> => {
    for (const text of ["1", "2", "3"]) await add(key, text, true);
  };
  const writers = ["a", "b", "c", "d"].map(write);
  vi.advanceTimersByTime(4);
  for (let batch = 0; batch < 3; batch++) await finishNext();
  await Promise.all(writers);
  expect(batches).toEqual(["1", "2", "3"].map((text) => Array.from({ length: 4 }, () => text)));
  await group.whenIdle();
});

test("whoever waits for the end of all commits waits for no gathering", async () => {
  const { group, add, finishNext } = await afterStreams(4);
  const piece = add("a", "1", true);
  const idle = group.whenIdle();
  await finishNext();
  await idle;
  expect(await piece).toBe("1");
});

test("a batch that fails fails for all of it, and the next one goes on", async () => {
  const failing = new GroupCommit<Piece, string>({
    commitBatch: async (items) => {
      if (items.some(({ text }) => text === "bad")) throw new Error("no room");
      return items.map(({ text }) => ({ ok: true, value: text }));
    },
    keyOf: ({ key }) => key,
    merge: () => undefined,
    mayWait: () => true,
    weightOf: () => 1,
    maxItems: 10,
    maxWeight: 10,
  });
  await expect(failing.add({ key: "a", text: "bad", mayMerge: false })).rejects.toThrow("no room");
  expect(await failing.add({ key: "a", text: "good", mayMerge: false })).toBe("good");
  await failing.whenIdle();
});
