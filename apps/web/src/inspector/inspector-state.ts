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

/** Takes up what this browser remembers; after hydration, since the server does not know it. */
export function restoreInspector(): void {
  inspector.setState((readStored(KEY) as Partial<InspectorState> | null) ?? {});
}

function change(next: Partial<InspectorState>): void {
  inspector.setState(next);
  writeStored(KEY, inspector.getState());
}

/** The panel beside the transcript: whether it is open, and what it shows. */
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
