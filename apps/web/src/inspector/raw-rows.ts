import type { SearchHit, SessionEvent } from "@trunkline/contract";

/** A line of the raw log. */
export interface RawRow {
  seq: number;
  type: SessionEvent["type"];
  at: number;
  /** Null: it is not loaded. */
  event: SessionEvent | null;
  /** Where the words are that were searched for. */
  hit: SearchHit | null;
}

export interface RawFilter {
  /** Words anywhere in the session, or part of a type; `#12` or `12`: that event. */
  text: string;
  type: SessionEvent["type"] | null;
}

const SEQ = /^#?(\d{1,15})$/;

/** @returns the seq that was asked for; null: none was. */
export function wantedSeq(text: string): number | null {
  const seq = SEQ.exec(text.trim())?.[1];
  return seq === undefined ? null : Number(seq);
}

const known = new WeakMap<SessionEvent, RawRow>();

/** The same one each time, so that it is not rendered again. */
export function rowOf(event: SessionEvent): RawRow {
  const row = known.get(event) ?? { seq: event.seq, type: event.type, at: event.at, event, hit: null };
  known.set(event, row);
  return row;
}

/**
 * The events that fit a filter, oldest first: what is loaded and fits, and what the server found elsewhere.
 *
 * @param hits of the text, in any order
 * @param other an event that was asked for by its seq and is not loaded
 */
export function rawRows(
  events: readonly SessionEvent[],
  { text, type }: RawFilter,
  hits: readonly SearchHit[],
  other: SessionEvent | null,
): readonly RawRow[] {
  const wanted = text.trim().toLowerCase();
  const seq = wantedSeq(text);
  const found = new Map(hits.map((hit) => [hit.seq, hit]));
  const rows = new Map<number, RawRow>();
  for (const event of other === null ? events : [...events, other]) {
    const hit = found.get(event.seq) ?? null;
    const fits = wanted === "" || hit !== null || event.seq === seq || event.type.includes(wanted);
    if (fits) rows.set(event.seq, hit === null ? rowOf(event) : { ...rowOf(event), hit });
  }
  for (const hit of hits) {
    if (!rows.has(hit.seq)) rows.set(hit.seq, { seq: hit.seq, type: hit.type, at: hit.at, event: null, hit });
  }
  return [...rows.values()]
    .filter((row) => type === null || row.type === type)
    .toSorted((a, b) => a.seq - b.seq);
}

/** The types among the events, in order of the alphabet. */
export function typesOf(events: readonly SessionEvent[]): SessionEvent["type"][] {
  return [...new Set(events.map(({ type }) => type))].toSorted();
}
