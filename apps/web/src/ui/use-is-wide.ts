import { useSyncExternalStore } from "react";

const QUERY = "(min-width: 1200px)";

function subscribe(listener: () => void): () => void {
  const media = window.matchMedia(QUERY);
  media.addEventListener("change", listener);
  return () => media.removeEventListener("change", listener);
}

export const isWide = (): boolean => window.matchMedia(QUERY).matches;

/** Whether there is room for a third column. */
export function useIsWide(): boolean {
  return useSyncExternalStore(subscribe, isWide, () => true);
}
