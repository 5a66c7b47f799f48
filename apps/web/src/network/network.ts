import { now } from "./clock.ts";
import { TrunklineConnectionError } from "@trunkline/client";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

/** Whether the server can be reached, as far as this page knows. */
export interface Network {
  /** Since when it cannot, in ms since the epoch by the server's clock; null while it can. */
  awaySince: number | null;
  /** Whether the browser itself says that it has no network. */
  isOffline: boolean;
}

export const network = createStore<Network>(() => ({ awaySince: null, isOffline: false }));

export const useNetwork = (): Network => useStore(network);

/** Something of the server's was heard, or could not be. Told by the stream that every page holds, and by each call. */
export function noteReached(isReached: boolean): void {
  network.setState(({ awaySince, isOffline }) => ({
    awaySince: isReached ? null : (awaySince ?? now()),
    isOffline: isOffline && !isReached,
  }));
}

export const isConnectionError = (error: unknown): boolean => error instanceof TrunklineConnectionError;

/** Takes up what the browser says about its network. @returns what ends it. */
export function watchBrowserNetwork(): () => void {
  const page = new AbortController();
  const look = (): void => {
    if (navigator.onLine) network.setState({ isOffline: false });
    else network.setState(({ awaySince }) => ({ isOffline: true, awaySince: awaySince ?? now() }));
  };
  look();
  window.addEventListener("online", look, { signal: page.signal });
  window.addEventListener("offline", look, { signal: page.signal });
  return () => page.abort();
}
