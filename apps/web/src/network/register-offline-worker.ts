import { placed } from "../navigation/base-path.ts";

/** Tells the worker to keep the files that this page has loaded so far, and those it loads later. */
async function tellFiles(): Promise<void> {
  const { active } = await navigator.serviceWorker.ready;
  const observer = new PerformanceObserver((list) => {
    const files = list
      .getEntries()
      .map(({ name }) => name)
      .filter((name) => name.includes("/_next/static/"));
    if (files.length > 0) active?.postMessage({ files });
  });
  observer.observe({ type: "resource", buffered: true });
}

/**
 * Registers the worker that answers while the server is unreachable (public/offline-worker.js). Browsers have workers
 * on secure origins only: localhost and HTTPS.
 *
 * @returns a function that does nothing: the worker outlives the page.
 */
export function registerOfflineWorker(): () => void {
  // oxlint-disable-next-line no-restricted-properties -- Next puts the value in its place; in development, files change under their names
  if (process.env.NODE_ENV === "production" && "serviceWorker" in navigator) {
    // Without it, only reloading needs the network.
    navigator.serviceWorker.register(placed("/offline-worker.js"), { scope: placed("/") }).catch(() => {});
    void tellFiles();
  }
  return () => {};
}
