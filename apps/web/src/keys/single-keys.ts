import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { readStored, writeStored } from "../text/stored.ts";

const KEY = "trunkline:single-keys";

/** Whether single-key shortcuts are on (WCAG 2.1.4 requires a way to turn them off). */
const singleKeys = createStore<boolean>(() => readStored(KEY) !== false);

export const singleKeysOn = (): boolean => singleKeys.getState();
export const useSingleKeys = (): boolean => useStore(singleKeys);

export function setSingleKeys(on: boolean): void {
  singleKeys.setState(on, true);
  writeStored(KEY, on ? null : false);
}
