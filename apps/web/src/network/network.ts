import { now } from "./clock.ts";
import { TrunklineConnectionError } from "@trunkline/client";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

/** Whether the server is reachable, as far as this page knows. */
export interface Network {
  /** Since when it is unreachable, in ms since the epoch by the server's clock; null while it is reachable. */
  awaySince: number | null;
  /** Whether the browser reports being offline. */
  isOffline: boolean;
}

export const network = createStore<Network>(() => ({ awaySince: null, isOffline: false }));

export const useNetwork = (): Network => useStore(network);

/** Called by the page's stream and after each API call: the server was reached, or not. */
export function noteReached(isReached: boolean): void {
  network.setState(({ awaySince, isOffline }) => ({
    awaySince: isReached ? null : (awaySince ?? now()),
    isOffline: isOffline && !isReached,
  }));
}

export const isConnectionError = (error: unknown): boolean => error instanceof TrunklineConnectionError;

/** Starts listening to the browser's network events. @returns a function that stops it. */
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
