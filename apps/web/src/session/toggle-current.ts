import type { TranscriptItem } from "../transcript/items.ts";

/** Expands or collapses the item, like a click on its line. */
export function toggleCurrent(item: TranscriptItem | null): void {
  if (item === null || item.seq === null) return;
  document.querySelector<HTMLButtonElement>(`#e-${item.seq} button[aria-expanded]`)?.click();
}
