import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { readStored, writeStored } from "../text/stored.ts";

/** One column, or before and after beside each other. */
export type DiffLayout = "unified" | "split";

const KEY = "trunkline:diff-layout";
const layout = createStore<DiffLayout>(() => (readStored(KEY) === "split" ? "split" : "unified"));

export function useDiffLayout(): [DiffLayout, (next: DiffLayout) => void] {
  return [
    useStore(layout),
    (next) => {
      layout.setState(next, true);
      writeStored(KEY, next);
    },
  ];
}
