import { onNetworkHint } from "./network-hints.ts";

/** Resolves after `ms`, or as soon as the signal aborts or the browser reports that the network may be back. */
export function waitForRetry(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", finish);
      stopHints();
      resolve();
    };
    const timer = setTimeout(finish, ms);
    const stopHints = onNetworkHint(finish);
    signal?.addEventListener("abort", finish);
  });
}
