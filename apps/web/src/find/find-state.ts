import { createStore } from "zustand/vanilla";

/** Search in the session that is shown. */
export const find = createStore<{
  isOpen: boolean;
  /** Grows with each call: what is open takes the focus again. */
  calls: number;
}>(() => ({ isOpen: false, calls: 0 }));

export const openFind = (): void => find.setState(({ calls }) => ({ isOpen: true, calls: calls + 1 }));

/** The focus goes to the transcript: what was found is there. */
export function closeFind(): void {
  find.setState({ isOpen: false });
  document.querySelector<HTMLElement>("[data-pane]")?.focus({ preventScroll: true });
}
