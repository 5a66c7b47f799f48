import type { Session } from "@trunkline/contract";
import { createStore } from "zustand/vanilla";

/** One menu for all rows of all lists: which session it is for, and where it is. */
interface RowMenuPlace {
  session: Session;
  x: number;
  y: number;
  /** Has the focus again once it closes. */
  opener: HTMLElement;
}

export const rowMenuPlace = createStore<{ place: RowMenuPlace | null }>(() => ({ place: null }));

export const openRowMenu = (place: RowMenuPlace): void => rowMenuPlace.setState({ place });
export const closeRowMenu = (): void => rowMenuPlace.setState({ place: null });
