import { createStore } from "zustand/vanilla";

/** Overlays; at most one is open at a time. */
export type Overlay = "palette" | "keys" | "rail";

export const overlay = createStore<Overlay | null>(() => null);

export const openOverlay = (which: Overlay): void => overlay.setState(which, true);

/** The focus returns to where it was: keys/keep-focus.ts. */
export const closeOverlay = (): void => overlay.setState(null, true);
