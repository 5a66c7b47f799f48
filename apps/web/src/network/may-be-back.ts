import { network } from "./network.ts";

/** How long to wait where nothing tells that the server is back, in ms. */
const WAIT_MS = 2_000;

/** Resolves when it is worth asking the server again: something has reached it, some time has passed, or it is not wanted any more. */
export function mayBeBack(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      unsubscribe();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, WAIT_MS);
    const unsubscribe = network.subscribe(({ awaySince }, before) => {
      if (awaySince === null && before.awaySince !== null) end();
    });
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
