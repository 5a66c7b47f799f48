import type { TranscriptItem } from "../transcript/items.ts";

/** Opens or closes the item, as a click on its line would. */
export function toggleCurrent(item: TranscriptItem | null): void {
  if (item === null || item.seq === null) return;
  document.querySelector<HTMLButtonElement>(`#e-${item.seq} button[aria-expanded]`)?.click();
}
