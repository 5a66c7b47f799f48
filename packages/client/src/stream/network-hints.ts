import { TrunklineConnectionError } from "../connection-error.ts";

/**
 * Hints from the browser: `online` when the network is back, `visible` when the page is visible again, perhaps after
 * hours of sleep. Elsewhere there are none.
 */
export type NetworkHint = "online" | "visible";

/** A connection was given up because of a hint: on the network that is there now, one may be possible at once. */
export class NetworkChangedError extends TrunklineConnectionError {
  constructor() {
    super("The network changed");
  }
}

interface Page {
  addEventListener?: EventTarget["addEventListener"];
  removeEventListener?: EventTarget["removeEventListener"];
  document?: EventTarget & { visibilityState: string };
}

/** Whether somebody may be looking at it; false where there is no page. */
export const isPageVisible = (): boolean => (globalThis as Page).document?.visibilityState === "visible";

/** @returns a function that removes the listeners. */
export function onNetworkHint(listener: (hint: NetworkHint) => void): () => void {
  const page = globalThis as Page;
  const document = page.document;
  if (document === undefined || page.addEventListener === undefined) return () => {};

  const online = (): void => listener("online");
  const visible = (): void => {
    if (document.visibilityState === "visible") listener("visible");
  };
  page.addEventListener("online", online);
  document.addEventListener("visibilitychange", visible);
  return () => {
    page.removeEventListener?.("online", online);
    document.removeEventListener("visibilitychange", visible);
  };
}
