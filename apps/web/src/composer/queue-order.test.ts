import { expect, it } from "vitest";
import { afterMove, moveTo } from "./queue-order.ts";

const queue = ["a", "b", "c"].map((id) => ({ key: id, taskId: id, prompt: id, files: [], isSteer: false }));
const order = (move: ReturnType<typeof moveTo>) =>
  (move === null ? queue : afterMove(queue, move)).map(({ key }) => key).join("");

it("moves a task to any place, and not beyond the ends", () => {
  expect(order(moveTo(queue, "a", 1))).toBe("bac");
  expect(order(moveTo(queue, "a", 2))).toBe("bca");
  expect(order(moveTo(queue, "c", 0))).toBe("cab");
  expect(moveTo(queue, "c", 9)).toBeNull();
  expect(moveTo(queue, "a", -1)).toBeNull();
  expect(moveTo(queue, "b", 1)).toBeNull();
});

it("moves nothing before what is still being sent, or that is gone", () => {
  const sending = [...queue, { key: "k", taskId: null, prompt: "k", files: [], isSteer: false }];
  expect(moveTo(sending, "a", 2)).toBeNull();
  expect(moveTo(queue, "gone", 0)).toBeNull();
  expect(afterMove(queue, { taskId: "a", beforeTaskId: "gone" })).toBe(queue);
  expect(afterMove(queue, { taskId: "gone", beforeTaskId: null })).toBe(queue);
});
