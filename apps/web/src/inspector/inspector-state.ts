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

/** Restores the stored state; after hydration, because the server doesn't have it. */
export function restoreInspector(): void {
  inspector.setState((readStored(KEY) as Partial<InspectorState> | null) ?? {});
}

function change(next: Partial<InspectorState>): void {
  inspector.setState(next);
  writeStored(KEY, inspector.getState());
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
    toggle: () => change({ isOpen: !isOpen }),
    close: () => change({ isOpen: false }),
    show: showInspector,
    resize: (next: number) => change({ width: Math.max(MIN_INSPECTOR_WIDTH, Math.round(next)) }),
  };
}
