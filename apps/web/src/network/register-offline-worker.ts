/** The files that this page loaded before the worker was there, and loads from now on, are the worker's to keep. */
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
 * The worker that answers for the server while it cannot be reached (public/offline-worker.js). Browsers have workers on
 * secure origins only: localhost and HTTPS.
 *
 * @returns what ends it: nothing, it outlives the page.
 */
export function registerOfflineWorker(): () => void {
  // oxlint-disable-next-line no-restricted-properties -- Next puts the value in its place; in development, files change under their names
  if (process.env.NODE_ENV === "production" && "serviceWorker" in navigator) {
    // Without it, only a reload needs the network.
    navigator.serviceWorker.register("/offline-worker.js", { scope: "/" }).catch(() => {});
    void tellFiles();
  }
  return () => {};
}
