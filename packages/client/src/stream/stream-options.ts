import type { Backoff } from "./backoff.ts";
import type { StreamError } from "./reconnecting.ts";

/** State of a stream, for a line like "reconnecting in 3 s". */
export interface FollowState {
  /** `replaying`: history; `live`: new events; `waiting`: before the next connection attempt. */
  status: "connecting" | "replaying" | "live" | "waiting";
  /** Connection attempts since the last data, from 1; 0 while data arrives. */
  attempt: number;
  /** How long `waiting` lasts, in milliseconds; 0 otherwise. */
  retryInMs: number;
  /** Why it waits. */
  error?: StreamError | undefined;
}

/** Options of every stream. */
export interface StreamOptions {
  /** Ends the iteration without throwing. */
  signal?: AbortSignal | undefined;
  /** Called when the state changes, not for each batch. Must not throw. */
  onState?: ((state: FollowState) => void) | undefined;
  /** Silence after which a connection counts as dead, in ms; the server pings well within the default. */
  silenceLimitMs?: number | undefined;
  /** Bounds of the delay between attempts. */
  backoff?: Backoff | undefined;
  /** Source of jitter; from 0 to below 1. */
  random?: (() => number) | undefined;
}
