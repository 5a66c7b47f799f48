const MIB = 1_048_576;

/** Bounds of the proxy, for one command unless stated otherwise. */
export interface ProxyLimits {
  /** Connections at once. More are closed unanswered. */
  connections: number;
  /** Connections at once of all commands together; of one user's, half of what the others leave. */
  allConnections: number;
  /** Bytes that it may receive, and send. */
  receivedBytes: number;
  sentBytes: number;
  /** Bytes of a request's header. */
  headerBytes: number;
  /** For a request's header, and for the first message of a tunnel, in ms. */
  headerMs: number;
  /** For resolving a name and connecting, in ms. */
  connectMs: number;
  /** Without a byte in either direction, in ms; a git server may compute for minutes. */
  idleMs: number;
  /** Refusals that are told; further ones happen in silence. */
  refusals: number;
}

export const PROXY_LIMITS: ProxyLimits = {
  connections: 96,
  allConnections: 512,
  receivedBytes: 10_240 * MIB,
  sentBytes: 1_024 * MIB,
  headerBytes: 16_384,
  headerMs: 10_000,
  connectMs: 20_000,
  idleMs: 300_000,
  refusals: 20,
};
