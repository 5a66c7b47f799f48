import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { readStored, writeStored } from "../text/stored.ts";

export type InspectorTab = "changes" | "files" | "plan" | "timeline" | "raw";

interface InspectorState {
  isOpen: boolean;
  tab: InspectorTab;
  /** Wanted width beside the transcript, in px; at most half of the window is used. */
  width: number;
}

const KEY = "trunkline:inspector";
export const MIN_INSPECTOR_WIDTH = 340;

const inspector = createStore<InspectorState>(() => ({ isOpen: false, tab: "timeline", width: 420 }));

/**
 * Restores the stored state; after hydration, because the server doesn't have it.
 *
 * @param isWide otherwise it would be over a session that somebody opens, with what waits there for an answer
 */
export function restoreInspector(isWide: boolean): void {
  const stored = readStored(KEY) as Partial<InspectorState> | null;
  inspector.setState({ ...stored, ...(!isWide && { isOpen: false }) });
}

function change(next: Partial<InspectorState>): void {
  inspector.setState(next);
  writeStored(KEY, inspector.getState());
}

/** Whether the panel takes the focus when it appears. */
let isEntered = false;

/** @returns whether the panel was opened to go there; once */
export function takeEntry(): boolean {
  const wasEntered = isEntered;
  isEntered = false;
  return wasEntered;
}

/** Gives the focus back to the transcript. */
export function leaveInspector(): void {
  document.querySelector<HTMLElement>("[data-pane]")?.focus();
}

/** @param how `enter`: the panel takes the focus, as for who has no pointer */
function toggle(how?: "enter"): void {
  const { isOpen } = inspector.getState();
  const hasFocus = document.activeElement?.closest("[data-inspector]") instanceof Element;
  if (isOpen && hasFocus) leaveInspector();
  isEntered = !isOpen && how === "enter";
  change({ isOpen: !isOpen });
}

/** Opens the panel at a tab; for what is outside of it. */
export const showInspector = (tab: InspectorTab): void => change({ isOpen: true, tab });

/** Whether the panel beside the transcript is open, its tab and its width. */
export function useInspector() {
  const { isOpen, tab, width } = useStore(inspector);
  return {
    isOpen,
    tab,
    width,
    toggle,
    close: () => change({ isOpen: false }),
    show: showInspector,
    resize: (next: number) => change({ width: Math.max(MIN_INSPECTOR_WIDTH, Math.round(next)) }),
  };
}
