import { createStore } from "zustand/vanilla";

/** What may lie over the page; at most one of them at a time. */
export type Overlay = "palette" | "keys" | "rail";

export const overlay = createStore<Overlay | null>(() => null);

export const openOverlay = (which: Overlay): void => overlay.setState(which, true);
export const closeOverlay = (): void => overlay.setState(null, true);
