/**
 * Hints from the browser: `online` when the network is back, `visible` when the page is visible again, perhaps after
 * hours of sleep. Elsewhere there are none.
 */
export type NetworkHint = "online" | "visible";

interface Page {
  addEventListener?: EventTarget["addEventListener"];
  removeEventListener?: EventTarget["removeEventListener"];
  document?: EventTarget & { visibilityState: string };
}

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
