import { expect, test } from "vitest";
import { monotonicMicros } from "../monotonic-micros.ts";
import { Pacer } from "./pacer.ts";

function stream(count: number, perSecond: number, hasRoom = () => true) {
  const abort = new AbortController();
  const emittedAtUs: number[] = [];
  const emit = (from: number, to: number) => {
    for (let index = from; index < to; index++) {
      expect(index).toBe(emittedAtUs.length);
      emittedAtUs.push(monotonicMicros());
    }
  };
  return { count, perSecond, hasRoom, emit, abort, signal: abort.signal, emittedAtUs };
}

test("many streams at once keep each its own pace", async () => {
  const pacer = new Pacer();
  const streams = Array.from({ length: 50 }, (_, index) => stream(20 + index, 100 + 2 * index));
  const startedAtUs = monotonicMicros();
  await Promise.all(streams.map((each) => pacer.run(each)));
  for (const { count, perSecond, emittedAtUs } of streams) {
    expect(emittedAtUs).toHaveLength(count);
    // Never faster than requested; how much slower is up to the machine.
    for (const [index, atUs] of emittedAtUs.entries()) {
      expect(atUs - startedAtUs).toBeGreaterThan((index * 1_000_000) / perSecond - 2_000);
    }
  }
});

test("a stream without a pace emits all it has room for", async () => {
  const all = stream(10_000, Number.POSITIVE_INFINITY);
  await new Pacer().run(all);
  expect(all.emittedAtUs).toHaveLength(10_000);
});

test("a reader that is behind gets nothing until it has room, then all that was due", async () => {
  let asked = 0;
  const slow = stream(10, 1_000, () => ++asked > 5);
  await new Pacer().run(slow);
  expect(slow.emittedAtUs).toHaveLength(10);
  expect(asked).toBeGreaterThan(5);
});

test("an abort ends one stream and not the others", async () => {
  const pacer = new Pacer();
  const [kept, ended] = [stream(20, 200), stream(1_000, 10)];
  const running = Promise.all([pacer.run(kept), pacer.run(ended)]);
  ended.abort.abort();
  await running;
  expect(kept.emittedAtUs).toHaveLength(20);
  expect(ended.emittedAtUs.length).toBeLessThan(5);
});
