import type { ProcessExit, RunningProcess } from "../port.ts";

/** How a command came to its end. */
export type Ending = ({ type: "exited" } & ProcessExit) | { type: "timeout" } | { type: "aborted" };

/** Waits until it has ended by itself, its time is up or the signal aborts; ending it is left to the caller. */
export async function waitForEnding(
  running: RunningProcess,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Ending> {
  const { promise, resolve } = Promise.withResolvers<Ending>();
  void running.exited.then((exit) => resolve({ type: "exited", ...exit }));
  const timer = setTimeout(() => resolve({ type: "timeout" }), timeoutMs);
  const onAbort = (): void => resolve({ type: "aborted" });
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}
