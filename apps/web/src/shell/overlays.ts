import { createStore } from "zustand/vanilla";

/** What may lie over the page; at most one of them at a time. */
export type Overlay = "palette" | "keys" | "rail";

export const overlay = createStore<Overlay | null>(() => null);

export const openOverlay = (which: Overlay): void => overlay.setState(which, true);

/** What had the focus gets it back from the overlay; where nothing had it, one writes on. */
export function closeOverlay(): void {
  overlay.setState(null, true);
  setTimeout(() => {
    if (document.activeElement === document.body) document.querySelector<HTMLElement>("#message")?.focus();
  });
}
