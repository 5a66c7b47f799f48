import type { SearchHit, SessionEvent } from "@trunkline/contract";
import { expect, it } from "vitest";
import { rawRows, typesOf, wantedSeq } from "./raw-rows.ts";

const event = (seq: number, type: SessionEvent["type"]): SessionEvent =>
  ({ seq, type, at: seq, taskId: null, data: {} }) as unknown as SessionEvent;
const hit = (seq: number, type: SearchHit["type"]): SearchHit =>
  ({ seq, type, at: seq, snippet: "", matches: [] }) as unknown as SearchHit;

const EVENTS = [event(10, "tool.called"), event(11, "tool.ended"), event(12, "text.ended")];
const seqs = (...of: Parameters<typeof rawRows>): number[] => rawRows(...of).map(({ seq }) => seq);

it("shows all that is loaded, in order", () => {
  expect(seqs(EVENTS, { text: " ", type: null }, [], null)).toEqual([10, 11, 12]);
  expect(typesOf(EVENTS)).toEqual(["text.ended", "tool.called", "tool.ended"]);
});

it("shows what was found before what is loaded, without an event, and what fits by its type", () => {
  const rows = rawRows(
    EVENTS,
    { text: "tool", type: null },
    [hit(12, "text.ended"), hit(3, "tool.ended")],
    null,
  );
  expect(rows.map(({ seq, event: loaded }) => [seq, loaded !== null])).toEqual([
    [3, false],
    [10, true],
    [11, true],
    [12, true],
  ]);
});

it("filters by type, whatever the text", () => {
  expect(seqs(EVENTS, { text: "", type: "tool.ended" }, [], null)).toEqual([11]);
  expect(
    seqs(EVENTS, { text: "x", type: "tool.ended" }, [hit(12, "text.ended"), hit(3, "tool.ended")], null),
  ).toEqual([3]);
});

it("finds an event by its seq, loaded or not", () => {
  expect(wantedSeq("#11")).toBe(11);
  expect(wantedSeq("11 files")).toBeNull();
  expect(seqs(EVENTS, { text: "11", type: null }, [], null)).toEqual([11]);
  expect(seqs(EVENTS, { text: "#4", type: null }, [], event(4, "step.started"))).toEqual([4]);
});
