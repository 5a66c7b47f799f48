import type { SessionEvent } from "@trunkline/contract";
import { describe, expect, it } from "vitest";
import { createHub } from "./hub.ts";

const notice = (seq: number, message = ""): SessionEvent => ({
  sessionId: "s",
  taskId: null,
  seq,
  at: 0,
  type: "notice",
  data: { level: "info", message },
});

const notices = (from: number, to: number): SessionEvent[] =>
  Array.from({ length: to - from + 1 }, (_, index) => notice(from + index));

const seqs = (events: readonly SessionEvent[] | null) => events?.map((event) => event.seq);

describe("hub", () => {
  const { signal } = new AbortController();

  it("gives what was published after a cursor, and the same array to everyone at that cursor", () => {
    const hub = createHub();
    using one = hub.attach("s", signal);
    using other = hub.attach("s", signal);
    hub.publish("s", notices(5, 8));
    expect(one.recent(3)).toBeNull();
    expect(seqs(one.recent(4))).toEqual([5, 6, 7, 8]);
    expect(seqs(one.recent(6))).toEqual([7, 8]);
    expect(seqs(one.recent(8))).toEqual([]);
    expect(one.recent(6)).toBe(other.recent(6));
  });

  it("wakes its listeners once for what several writers announce", async () => {
    const hub = createHub();
    using listener = hub.attach("s", signal);
    let wakes = 0;
    const waiting = (async () => {
      for (;;) {
        await listener.wait();
        wakes += 1;
      }
    })();
    hub.publish("s", notices(1, 3));
    await new Promise(setImmediate);
    for (let writer = 0; writer < 5; writer++) {
      hub.publish("s", notices(1, 3));
      await new Promise(setImmediate);
    }
    expect(wakes).toBe(1);
    hub.publish("s", notices(4, 4));
    await new Promise(setImmediate);
    expect(wakes).toBe(2);
    void waiting;
  });

  it("starts anew after a gap, so that whoever is before it reads the log", () => {
    const hub = createHub();
    using listener = hub.attach("s", signal);
    hub.publish("s", notices(1, 3));
    hub.publish("s", notices(7, 8));
    expect(listener.recent(3)).toBeNull();
    expect(seqs(listener.recent(6))).toEqual([7, 8]);
  });

  it("keeps a bounded number of events", () => {
    const hub = createHub();
    using listener = hub.attach("s", signal);
    for (let seq = 1; seq <= 100_000; seq++) hub.publish("s", [notice(seq)]);
    expect(listener.recent(99_000)).toBeNull();
    expect(listener.recent(99_800)).toHaveLength(200);
  });

  it("keeps a bounded amount of text, but always the newest event", () => {
    const hub = createHub();
    using listener = hub.attach("s", signal);
    for (let seq = 1; seq <= 100; seq++) hub.publish("s", [notice(seq, "x".repeat(25_000))]);
    expect(listener.recent(80)).toBeNull();
    expect(seqs(listener.recent(97))).toEqual([98, 99, 100]);
    hub.publish("s", [notice(101, "x".repeat(1_000_000))]);
    expect(seqs(listener.recent(100))).toEqual([101]);
  });

  it("tells a listener that waits, and one that does not yet, that the session is gone", async () => {
    const hub = createHub();
    using listener = hub.attach("s", signal);
    const waiting = listener.wait();
    hub.end("s");
    await waiting;
    expect(listener.ended).toBe(true);
  });
});
