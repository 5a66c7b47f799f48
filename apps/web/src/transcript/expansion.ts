import { createContext, useContext, useEffect } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";

/** Items expanded or collapsed by hand, by key. Kept apart from the rows, which unmount while scrolling. */
export type Expansion = StoreApi<Readonly<Record<string, boolean>>>;

export const createExpansion = (): Expansion => createStore(() => ({}));

export const ExpansionContext = createContext<Expansion>(createExpansion());

export interface Expandable {
  isOpen: boolean;
  toggle(): void;
}

/** @param byDefault the state until the user changes it. What was once open stays open: somebody may be reading it. */
export function useExpanded(key: string, byDefault: boolean): Expandable {
  const expansion = useContext(ExpansionContext);
  useEffect(() => {
    if (byDefault && expansion.getState()[key] === undefined) expansion.setState({ [key]: true });
  }, [expansion, key, byDefault]);
  const isOpen = useStore(expansion, (byHand) => byHand[key] ?? byDefault);
  return { isOpen, toggle: () => expansion.setState({ [key]: !isOpen }) };
}
