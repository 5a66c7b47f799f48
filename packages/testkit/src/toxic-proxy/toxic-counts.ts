/** Counts of what a toxic proxy did. */
export interface ToxicCounts {
  connections: number;
  delayed: number;
  cut: number;
  stalled: number;
  unavailable: number;
  reset: number;
  /** Connections that ended because the server was unreachable. */
  unreachable: number;
  requestBytes: number;
  responseBytes: number;
}

export function noCounts(): ToxicCounts {
  return {
    connections: 0,
    delayed: 0,
    cut: 0,
    stalled: 0,
    unavailable: 0,
    reset: 0,
    unreachable: 0,
    requestBytes: 0,
    responseBytes: 0,
  };
}
