import { expect, it } from "vitest";
import { ChannelLocks } from "./channel-locks.ts";

let names = 0;
const newName = (): string => `lock-${(names += 1)}`;

it("gives a lock to one of many that ask at the same moment", async () => {
  const name = newName();
  const free = Promise.withResolvers<void>();
  const answers: boolean[] = [];
  const all = Array.from({ length: 8 }, () =>
    new ChannelLocks().request(name, { ifAvailable: true }, async (lock) => {
      answers.push(lock !== null);
      if (answers.length === 8) free.resolve();
      await (lock === null ? null : free.promise);
    }),
  );
  await Promise.all(all);
  expect(answers.filter(Boolean)).toHaveLength(1);
});

it("gives it to who waits once it is free, one at a time", async () => {
  const name = newName();
  let holders = 0;
  const most: number[] = [];
  const all = Array.from({ length: 3 }, () =>
    new ChannelLocks().request(name, {}, async () => {
      most.push((holders += 1));
      await Promise.resolve();
      holders -= 1;
    }),
  );
  await Promise.all(all);
  expect(most).toEqual([1, 1, 1]);
});

it("ends waiting when that is no longer wanted", async () => {
  const name = newName();
  const free = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  const held = new ChannelLocks().request(name, {}, async () => {
    taken.resolve();
    await free.promise;
  });
  await taken.promise;
  const leaving = new AbortController();
  const waiting = new ChannelLocks().request(name, { signal: leaving.signal }, async () => {});
  leaving.abort();
  await expect(waiting).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  free.resolve();
  await held;
});

it("tells the holder that its lock was stolen", async () => {
  const name = newName();
  const taken = Promise.withResolvers<void>();
  const held = new ChannelLocks().request(name, {}, async () => {
    taken.resolve();
    await new Promise(() => {});
  });
  await taken.promise;
  const stolen = new ChannelLocks().request(name, { steal: true }, async (lock) => lock !== null);
  await expect(held).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  expect(await stolen).toBe(true);
});
