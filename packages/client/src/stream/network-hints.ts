/**
 * What a browser knows about the network: `online` says that it came back, `visible` that the page is looked at again,
 * maybe after hours of sleep. Elsewhere nothing is ever said.
 */
export type NetworkHint = "online" | "visible";

interface Page {
  addEventListener?: EventTarget["addEventListener"];
  removeEventListener?: EventTarget["removeEventListener"];
  document?: EventTarget & { visibilityState: string };
}

/** @returns what ends it; nothing stays registered after that. */
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
