import { expect, it } from "vitest";
import { LoopWatch } from "./loop-watch.ts";

it("distrusts a loop for a while after it was stuck, whichever comes first, the timer or the question", () => {
  let now = 0;
  using watch = new LoopWatch(() => now);
  const comeBackAfter = (ms: number) => {
    now += ms;
    watch.tick();
  };
  comeBackAfter(1_000);
  comeBackAfter(3_900);
  expect(() => watch.check()).not.toThrow();
  now += 4_000;
  expect(() => watch.check()).toThrow("The event loop was stuck for 3.0 s");
  for (let second = 0; second < 10; second++) comeBackAfter(1_000);
  expect(() => watch.check()).toThrow("stuck");
  comeBackAfter(1_000);
  expect(() => watch.check()).not.toThrow();
});
