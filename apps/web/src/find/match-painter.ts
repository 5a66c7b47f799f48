import { type FindWords, placesOf } from "./find-words.ts";

const ALL = "find";
const CURRENT = "find-current";
/** Marked at once: what is rendered rarely has more. */
const MAX_MARKS = 2_000;

/**
 * Marks words in what is rendered, without touching the DOM that React owns (CSS Custom Highlight API). A browser that
 * lacks it still shows the row.
 *
 * @param current the row that was jumped to
 * @returns the first mark in it; null if there is none
 */
export function paintMatches(root: Element, words: FindWords, current: Element | null): Range | null {
  const all: Range[] = [];
  const here: Range[] = [];
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null && all.length < MAX_MARKS; node = texts.nextNode()) {
    for (const [start, end] of placesOf(node.nodeValue ?? "", words)) {
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, end);
      (current?.contains(node) === true ? here : all).push(range);
    }
  }
  if ("highlights" in CSS) {
    CSS.highlights.set(ALL, new Highlight(...all));
    CSS.highlights.set(CURRENT, new Highlight(...here));
  }
  // Not what only screen readers see.
  return here.find((range) => range.getBoundingClientRect().width > 1) ?? null;
}

export function clearMatches(): void {
  if (!("highlights" in CSS)) return;
  CSS.highlights.delete(ALL);
  CSS.highlights.delete(CURRENT);
}
