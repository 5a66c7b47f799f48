import { useSyncExternalStore } from "react";

const subscribe = (): (() => void) => () => {};

/** False until hydration: the server's render knows nothing that the browser stores. */
export function useIsHydrated(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
}
