import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import type { Hint } from "../../hints/port.ts";
import { HintBatch, readPayload } from "./hint-batch.ts";

const batchOf = (...hints: Hint[]): HintBatch => {
  const batch = new HintBatch();
  for (const hint of hints) batch.add(hint);
  return batch;
};
const read = (batch: HintBatch, self = "other"): Hint[] =>
  batch.payloads("me").flatMap((payload) => readPayload(payload, self));

it("tells each thing once: the furthest seq of a session, and its owner where anybody named one", () => {
  const batch = batchOf(
    { type: "appended", sessionId: "s", lastSeq: 7, ownerId: "o" },
    { type: "appended", sessionId: "s", lastSeq: 9 },
    { type: "appended", sessionId: "s", lastSeq: 8 },
    { type: "cancel-requested", taskId: "t" },
    { type: "cancel-requested", taskId: "t" },
  );
  expect(read(batch)).toEqual([
    { type: "appended", sessionId: "s", lastSeq: 9, ownerId: "o" },
    { type: "cancel-requested", taskId: "t" },
  ]);
});

it("reads all that it writes, but not what the node itself has told", () => {
  const hints: Hint[] = [
    { type: "appended", sessionId: "s", lastSeq: 1 },
    { type: "removed", sessionId: "s", ownerId: "o" },
    { type: "cancel-requested", taskId: "t" },
    { type: "work-waiting" },
    { type: "access-changed" },
    { type: "missed" },
  ];
  expect(read(batchOf(...hints))).toEqual(hints);
  expect(read(batchOf(...hints), "me")).toEqual([]);
});

it("splits what does not fit into one notification", () => {
  const hints = Array.from({ length: 2_000 }, (_, lastSeq): Hint => ({
    type: "appended",
    sessionId: randomUUID(),
    lastSeq,
    ownerId: randomUUID(),
  }));
  const payloads = batchOf(...hints).payloads(randomUUID());
  expect(payloads.length).toBeGreaterThan(10);
  for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
  expect(payloads.flatMap((payload) => readPayload(payload, "other"))).toEqual(hints);
});

it("is bounded: where too much waits others look at everything, and requests still arrive", () => {
  const batch = batchOf({ type: "cancel-requested", taskId: "early" });
  for (let lastSeq = 0; lastSeq < 30_000; lastSeq++)
    batch.add({ type: "appended", sessionId: String(lastSeq), lastSeq });
  batch.add({ type: "cancel-requested", taskId: "late" });
  const hints = read(batch);
  expect(hints.length).toBeLessThanOrEqual(10_002);
  expect(hints).toContainEqual({ type: "missed" });
  expect(hints).toContainEqual({ type: "cancel-requested", taskId: "late" });
});

it("passes over what later versions tell, and looks at everything where it cannot read", () => {
  expect(readPayload('me[["z",1],["m"]]', "other")).toEqual([{ type: "missed" }]);
  expect(readPayload("me[[", "other")).toEqual([{ type: "missed" }]);
  expect(readPayload("", "other")).toEqual([]);
});
