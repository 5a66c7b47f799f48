import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { EventBody, SessionEvent } from "../event.ts";
import { OpenItems } from "./open-items.ts";
import { randomSessionLog } from "./testing/random-session-log.ts";

function open(events: readonly SessionEvent[]): OpenItems {
  const items = new OpenItems();
  for (const event of events) items.apply(event, event);
  return items;
}

const cutLog = fc.tuple(randomSessionLog, fc.nat()).map(([log, at]) => {
  const events = log.live.slice(0, at % (log.live.length + 1));
  return { events, stored: log.stored.filter((event) => events.includes(event)) };
});

const isText = ({ type }: { type: string }): boolean => type === "text.ended" || type === "reasoning.ended";

/** Logs that leave something open: one that leaves nothing shows nothing. */
const leavesOpen = cutLog.filter(({ events }) => open(events).closing("interrupted", 0).length > 0);
const leavesTextOpen = cutLog.filter(({ events }) => open(events).closing("interrupted", 0).some(isText));

it("closes all that a log has begun and not ended, wherever it is cut", () => {
  fc.assert(
    fc.property(leavesOpen, ({ events }) => {
      const items = open(events);
      const closing = items.closing("interrupted", 9_999_999);
      for (const event of closing) {
        expect(items.endedBlockOf(event)).toMatchObject({ fromSeq: expect.any(Number) as number });
      }
      for (const event of closing) items.apply(event, { taskId: event.taskId, seq: 1, at: 1 });
      expect(items.closing("interrupted", 0)).toEqual([]);
    }),
  );
});

it("says where the pieces begin: at none that is older, and in the task that wrote them", () => {
  fc.assert(
    fc.property(leavesOpen, ({ events }) => {
      const items = open(events);
      for (const event of items.closing("interrupted", 0)) {
        const ended = items.endedBlockOf(event);
        const first = events.find(
          ({ type, data }) =>
            (type.endsWith(".delta") && "blockId" in data && data.blockId === ended?.blockId) ||
            (type === "tool.called" && data.callId === ended?.blockId),
        );
        expect([ended?.fromSeq, event.taskId]).toEqual([first?.seq, first?.taskId]);
      }
    }),
  );
});

it("loses no text that was seen", () => {
  fc.assert(
    fc.property(leavesTextOpen, ({ events }) => {
      for (const event of open(events).closing("interrupted", 0)) {
        if (event.type !== "text.ended" && event.type !== "reasoning.ended") continue;
        const seen = events.flatMap((piece) =>
          (piece.type === "text.delta" || piece.type === "reasoning.delta") &&
          piece.data.blockId === event.data.blockId
            ? [piece.data.text]
            : [],
        );
        expect(event.data.text).toBe(seen.join(""));
      }
    }),
  );
});

const called: EventBody = { type: "tool.called", data: { callId: "c", tool: "bash", input: {} } };
const progress = (chunk: string): EventBody => ({ type: "tool.progress", data: { callId: "c", chunk } });

it("closes a call with the time it took, and with the last of its output", () => {
  const items = new OpenItems();
  items.apply(called, { taskId: "t", seq: 7, at: 1_000 });
  items.apply(progress("a".repeat(20_000)), { taskId: "t", seq: 8, at: 1_100 });
  items.apply(progress("end"), { taskId: "t", seq: 9, at: 1_200 });
  const [closed] = items.closing("canceled", 3_500);
  expect(closed).toMatchObject({
    taskId: "t",
    type: "tool.ended",
    data: { callId: "c", status: "canceled", durationMs: 2_500 },
  });
  const { output } = (closed as Extract<EventBody, { type: "tool.ended" }>).data;
  expect(output).toHaveLength(16_384);
  expect(output.endsWith("aend")).toBe(true);
});

it("K9: the output that is kept begins with a whole character", () => {
  const items = new OpenItems();
  items.apply(called, { taskId: "t", seq: 1, at: 0 });
  items.apply(progress(`${"😀".repeat(10_000)}.`), { taskId: "t", seq: 2, at: 0 });
  const [closed] = items.closing("interrupted", 0);
  expect((closed as Extract<EventBody, { type: "tool.ended" }>).data.output.isWellFormed()).toBe(true);
});

it("takes progress of a call that has not begun for nothing", () => {
  const items = new OpenItems();
  items.apply(progress("x"), { taskId: "t", seq: 1, at: 0 });
  expect(items.closing("interrupted", 0)).toEqual([]);
});
