import { createContext, useContext, useEffect } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";

/** What somebody opened or closed by hand, by key. Kept apart from the rows, which come and go as one scrolls. */
export type Expansion = StoreApi<Readonly<Record<string, boolean>>>;

export const createExpansion = (): Expansion => createStore(() => ({}));

export const ExpansionContext = createContext<Expansion>(createExpansion());

export interface Expandable {
  isOpen: boolean;
  toggle(): void;
}

/**
 * @param byDefault how it stands as long as nobody has touched it. What was open once stays open: it may be what
 * somebody reads.
 */
export function useExpanded(key: string, byDefault: boolean): Expandable {
  const expansion = useContext(ExpansionContext);
  useEffect(() => {
    if (byDefault && expansion.getState()[key] === undefined) expansion.setState({ [key]: true });
  }, [expansion, key, byDefault]);
  const isOpen = useStore(expansion, (byHand) => byHand[key] ?? byDefault);
  return { isOpen, toggle: () => expansion.setState({ [key]: !isOpen }) };
}
