/** A stream lasts until its connection ends; a caller without one (tRPC's own server-side caller) gets one that never does. */
export function streamSignal(signal: AbortSignal | undefined): AbortSignal {
  return signal ?? new AbortController().signal;
}
