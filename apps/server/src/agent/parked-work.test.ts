import { expect, it } from "vitest";
import { ParkedWork } from "./parked-work.ts";

it("one too many ends the oldest of whoever has most waiting, and nobody else's", async () => {
  const ended: string[] = [];
  const parked = new ParkedWork({ most: 3, claimMs: 1_000 });
  const log = {
    async *follow(_after: number, signal: AbortSignal) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      yield* [];
    },
  } as never;
  const park = async (taskId: string, ownerId: string) =>
    parked.park({ taskId, ownerId, log }, { end: async () => void ended.push(taskId) }, 0);
  await park("bob's", "bob");
  for (const taskId of ["a1", "a2", "a3", "a4"]) await park(taskId, "alice");
  expect(ended).toEqual(["a1", "a2"]);
  await parked.stop();
  expect(ended.toSorted()).toEqual(["a1", "a2", "a3", "a4", "bob's"]);
});
