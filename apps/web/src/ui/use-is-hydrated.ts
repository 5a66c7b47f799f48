import { useSyncExternalStore } from "react";

const subscribe = (): (() => void) => () => {};

/** False while the page is what the server rendered, which knows nothing that the browser remembers. */
export function useIsHydrated(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
}
