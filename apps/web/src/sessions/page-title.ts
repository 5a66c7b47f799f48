import { useEffect } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

const pageTitle = createStore<string | null>(() => null);

export const usePageTitle = (): string | null => useStore(pageTitle);

/** Sets the tab's title while the caller is mounted. */
export function useSetPageTitle(title: string | null): void {
  useEffect(() => {
    pageTitle.setState(title, true);
    return () => pageTitle.setState(null, true);
  }, [title]);
}
