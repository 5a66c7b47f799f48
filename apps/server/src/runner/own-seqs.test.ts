import type { SessionEvent } from "@trunkline/contract";
import { expect, it } from "vitest";
import { OwnSeqs } from "./own-seqs.ts";

const events = (...seqs: number[]): SessionEvent[] =>
  seqs.map((seq) => ({
    sessionId: "s",
    taskId: null,
    seq,
    at: 0,
    type: "notice",
    data: { level: "info", message: "" },
  }));

it("finds an event of somebody else's in the gap that it leaves, once", () => {
  const seqs = new OwnSeqs(3);
  seqs.add(events(4, 5));
  expect(seqs.takeGap()).toBe(false);
  seqs.add(events(7));
  expect(seqs.takeGap()).toBe(true);
  expect(seqs.takeGap()).toBe(false);
  expect(seqs.last).toBe(7);
});

it("takes merged appends, which come once for each of their writers, for one", () => {
  const seqs = new OwnSeqs(3);
  seqs.add(events(4));
  seqs.add(events(4));
  seqs.add(events(5));
  expect(seqs.takeGap()).toBe(false);
});
