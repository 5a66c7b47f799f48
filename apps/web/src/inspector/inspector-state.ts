import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { readStored, writeStored } from "../text/stored.ts";

export type InspectorTab = "changes" | "plan" | "timeline" | "raw";

interface InspectorState {
  isOpen: boolean;
  tab: InspectorTab;
}

const KEY = "trunkline:inspector";

const inspector = createStore<InspectorState>(() => ({ isOpen: false, tab: "timeline" }));

/** Restores the stored state; after hydration, because the server doesn't have it. */
export function restoreInspector(): void {
  inspector.setState((readStored(KEY) as Partial<InspectorState> | null) ?? {});
}

function change(next: Partial<InspectorState>): void {
  inspector.setState(next);
  writeStored(KEY, inspector.getState());
}

/** Whether the panel beside the transcript is open, and its tab. */
export function useInspector() {
  const { isOpen, tab } = useStore(inspector);
  return {
    isOpen,
    tab,
    toggle: () => change({ isOpen: !isOpen }),
    close: () => change({ isOpen: false }),
    show: (next: InspectorTab) => change({ isOpen: true, tab: next }),
  };
}
