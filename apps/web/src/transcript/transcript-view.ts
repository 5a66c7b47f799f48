import type { VirtualItem } from "@tanstack/react-virtual";
import { createStore } from "zustand/vanilla";
import type { TranscriptItem } from "./items.ts";

/** What is visible of the transcript, and what in it is pointed at from elsewhere: the timeline shows it beside. */
export const transcriptView = createStore<{
  /** Seq of the first visible row; null: there is none. */
  first: number | null;
  /** Up to this seq, what happened is visible. */
  last: number;
  /** An event whose row is marked. */
  pointed: number | null;
}>(() => ({ first: null, last: 0, pointed: null }));

export const pointAt = (seq: number | null): void => transcriptView.setState({ pointed: seq });

/** @param top where the visible part begins and @param bottom where it ends, in px */
export function visibleSeqs(
  items: readonly TranscriptItem[],
  rendered: readonly Pick<VirtualItem, "index" | "start" | "end">[],
  top: number,
  bottom: number,
): { first: number | null; last: number } {
  const visible = rendered.filter(({ start, end }) => end > top && start < bottom);
  const seqs = visible.map(({ index }) => items[index]?.seq ?? null).filter((seq) => seq !== null);
  // What happened until the next row belongs to the last one, and what happened before all of them to the first.
  const next = items.slice((visible.at(-1)?.index ?? 0) + 1).find(({ seq }) => seq !== null)?.seq ?? null;
  const first = visible[0]?.index === 0 ? 0 : (seqs[0] ?? null);
  return { first, last: next === null ? Number.MAX_SAFE_INTEGER : next - 1 };
}
