import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { SessionEvent } from "../event.ts";
import { applyEvents, emptySessionView, type SessionView } from "./session-view.ts";
import { randomSessionLog } from "./testing/random-session-log.ts";

const viewOf = (events: readonly SessionEvent[]): SessionView => applyEvents(emptySessionView(), events);

/** Cuts a list at the given indexes, which may be any numbers. */
function split<T>(list: readonly T[], cuts: readonly number[]): T[][] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (list.length + 1)), list.length])];
  places.sort((a, b) => a - b);
  return places.slice(1).map((end, index) => list.slice(places[index], end));
}

const cuts = fc.array(fc.nat(), { maxLength: 8 });

it("gives the same view whichever batches the events come in", () => {
  fc.assert(
    fc.property(randomSessionLog, cuts, (log, places) => {
      expect(split(log.live, places).reduce(applyEvents, emptySessionView())).toEqual(viewOf(log.live));
    }),
  );
});

it("gives the same view to who saw every piece and to who came later", () => {
  fc.assert(
    fc.property(randomSessionLog, (log) => {
      expect(viewOf(log.live)).toEqual(viewOf(log.stored));
    }),
  );
});

it("gives the same view when older pages come after newer ones", () => {
  fc.assert(
    fc.property(randomSessionLog, cuts, (log, places) => {
      const pages = split(log.stored, places).toReversed();
      expect(pages.reduce(applyEvents, emptySessionView())).toEqual(viewOf(log.stored));
    }),
  );
});

it("is not changed by events that come again, in whatever order", () => {
  fc.assert(
    fc.property(randomSessionLog, cuts, fc.nat(), (log, places, turnedAt) => {
      const view = viewOf(log.live);
      const place = turnedAt % (log.live.length + 1);
      const shuffled = [...log.live.slice(place), ...log.live.slice(0, place)].toReversed();
      expect(applyEvents(view, shuffled)).toBe(view);
      const [first = [], ...rest] = split(log.live, places);
      const overlapping = rest.reduce(
        (known, batch) => applyEvents(known, [...first, ...batch]),
        viewOf(first),
      );
      expect(overlapping).toEqual(view);
    }),
  );
});

it("keeps the identity of every row and task that an event or an older page leaves as it was", () => {
  const expectShared = (before: SessionView, after: SessionView): void => {
    const old = new Map<string, object>(before.rows.map((row) => [row.key, row]));
    for (const row of after.rows) {
      const known = old.get(row.key);
      if (known !== undefined && known !== row) expect(row).not.toEqual(known);
    }
    for (const task of after.tasks) {
      const known = before.tasks.find(({ id }) => id === task.id);
      if (known !== undefined && known !== task) expect(task).not.toEqual(known);
    }
  };
  fc.assert(
    fc.property(randomSessionLog, cuts, (log, places) => {
      let forward = emptySessionView();
      for (const event of log.live) {
        const next = applyEvents(forward, [event]);
        expectShared(forward, next);
        forward = next;
      }
      let backward = emptySessionView();
      for (const page of split(log.stored, places).toReversed()) {
        const next = applyEvents(backward, page);
        expectShared(backward, next);
        backward = next;
      }
    }),
  );
});

it("has its rows in the order of their events, and the log without dropped pieces", () => {
  fc.assert(
    fc.property(randomSessionLog, (log) => {
      const view = viewOf(log.live);
      const seqs = view.rows.map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
      expect(new Set(view.rows.map(({ key }) => key)).size).toBe(view.rows.length);
      expect(view.events).toEqual(log.stored);
      expect(view.lastSeq).toBe(log.live.length);
    }),
  );
});
