import { type RefObject, useEffect, useMemo } from "react";
import type { TranscriptHandle } from "../transcript/transcript.tsx";
import { findWords } from "./find-words.ts";
import { clearMatches, paintMatches } from "./match-painter.ts";

/** What was jumped to is brought into view for this long, in ms: until then its row is still being laid out. */
const SETTLE_MS = 1_000;
/** Distance of a mark from the edges of what scrolls, in px. */
const MARGIN_PX = 48;

/** Marks the words in the rows that are rendered, and keeps the mark that was jumped to in view until all is laid out. */
export function useMarks(
  text: string,
  seq: number | null,
  transcript: RefObject<TranscriptHandle | null>,
): void {
  const words = useMemo(() => findWords(text), [text]);
  useEffect(() => {
    const log = document.querySelector("[role=log]");
    if (log === null) return undefined;
    const settledAt = performance.now() + SETTLE_MS;
    let isByHand = false;
    let frame = 0;
    const paint = (): void => {
      frame = 0;
      const row = seq === null ? null : log.querySelector("[data-marked]");
      const mark = paintMatches(log, words, row);
      if (mark === null || isByHand || performance.now() > settledAt) return;
      intoView(mark, log, (px) => transcript.current?.scrollBy(px));
    };
    const soon = (): void => {
      if (frame === 0) frame = requestAnimationFrame(paint);
    };
    const byHand = (): void => {
      isByHand = true;
    };
    const changes = new MutationObserver(soon);
    // Rows that move are no changes of their words, but they are new places.
    changes.observe(log, {
      subtree: true,
      childList: true,
      characterData: true,
      attributeFilter: ["data-marked"],
    });
    for (const type of ["wheel", "pointerdown", "touchmove"])
      log.addEventListener(type, byHand, { passive: true });
    soon();
    return () => {
      cancelAnimationFrame(frame);
      changes.disconnect();
      for (const type of ["wheel", "pointerdown", "touchmove"]) log.removeEventListener(type, byHand);
      clearMatches();
    };
  }, [words, seq, transcript]);
}

/** @param scrollBy scrolls the transcript: only its virtualizer does that */
function intoView(mark: Range, log: Element, scrollBy: (px: number) => void): void {
  const output = mark.startContainer.parentElement?.closest("pre");
  if (output !== null && output !== undefined && log.contains(output)) {
    output.scrollTop += outside(mark, output);
    const [start] = [mark.getBoundingClientRect().left - output.getBoundingClientRect().left];
    if (start < 0 || start > output.clientWidth - MARGIN_PX) output.scrollLeft += start - MARGIN_PX;
  }
  const by = outside(mark, log);
  if (by !== 0) scrollBy(by);
}

/** How far a mark is above (negative) or below what is visible of an element, in px; 0: it is visible. */
function outside(mark: Range, element: Element): number {
  const at = mark.getBoundingClientRect();
  const frame = element.getBoundingClientRect();
  const margin = Math.min(MARGIN_PX, frame.height / 4);
  if (at.top < frame.top + margin) return Math.round(at.top - frame.top - margin);
  if (at.bottom > frame.bottom - margin) return Math.round(at.bottom - frame.bottom + margin);
  return 0;
}
