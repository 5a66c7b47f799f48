import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { CallProgress } from "./call-progress.ts";

it("shows the first and, of what comes while that is being stored, the last, each cut", async () => {
  const shown: string[] = [];
  let stored = Promise.withResolvers<void>();
  const progress = new CallProgress(async (text) => {
    shown.push(text);
    await stored.promise;
  });
  for (let step = 1; step <= 1_000; step++) progress.say(`${step} ${"x".repeat(2_000)}`);
  expect(shown).toHaveLength(1);
  stored.resolve();
  stored = Promise.withResolvers();
  await setImmediate();
  expect(shown.map((text) => [text.split(" ")[0], text.length <= 1_010])).toEqual([
    ["1", true],
    ["1000", true],
  ]);
});

it("shows so much of one call and no more", async () => {
  let length = 0;
  const progress = new CallProgress(async (text) => void (length += text.length));
  for (let step = 0; step < 200; step++) {
    progress.say("x".repeat(2_000));
    await setImmediate();
  }
  expect(length).toBeGreaterThan(60_000);
  expect(length).toBeLessThan(67_000);
});

it("is over, and nobody's unhandled error, once it can't be stored", async () => {
  let tries = 0;
  const progress = new CallProgress(async () => {
    tries += 1;
    throw new Error("the disk is full");
  });
  for (let step = 0; step < 3; step++) {
    progress.say("x");
    await setImmediate();
  }
  expect(tries).toBe(1);
});
