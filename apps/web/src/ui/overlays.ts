import { createStore } from "zustand/vanilla";

/** Overlays; at most one is open at a time. */
export type Overlay = "palette" | "keys" | "rail";

export const overlay = createStore<Overlay | null>(() => null);

export const openOverlay = (which: Overlay): void => overlay.setState(which, true);

/** Focus returns to where it was; if nowhere, to the message box. */
export function closeOverlay(): void {
  overlay.setState(null, true);
  setTimeout(() => {
    if (document.activeElement === document.body) document.querySelector<HTMLElement>("#message")?.focus();
  });
}
