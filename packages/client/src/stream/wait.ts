import { onNetworkHint } from "./network-hints.ts";

/**
 * Resolves after `ms`, or as soon as the signal aborts or the browser reports that the network may be back.
 *
 * @returns whether the browser reported it
 */
export function waitForRetry(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve(false);
    const finish = (isHint: boolean): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      stopHints();
      resolve(isHint);
    };
    const end = (): void => finish(false);
    const timer = setTimeout(end, ms);
    const stopHints = onNetworkHint(() => finish(true));
    signal?.addEventListener("abort", end);
  });
}
