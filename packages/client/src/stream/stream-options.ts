import type { Backoff } from "./backoff.ts";
import type { StreamError } from "./reconnecting.ts";

/** What a stream is doing, for a line like "reconnecting in 3 s". */
export interface FollowState {
  /** `replaying` is history, `live` is the present; `waiting` comes before the next try to connect. */
  status: "connecting" | "replaying" | "live" | "waiting";
  /** Tries to connect since data last came, from 1; 0 while it comes. */
  attempt: number;
  /** How long `waiting` lasts, in milliseconds; 0 otherwise. */
  retryInMs: number;
  /** Why it waits. */
  error?: StreamError | undefined;
}

/** How a stream is kept up, whatever it carries. */
export interface StreamOptions {
  /** Ends the iteration; it returns, it does not throw. */
  signal?: AbortSignal | undefined;
  /** Called whenever the state changes, and not per batch. It must not throw. */
  onState?: ((state: FollowState) => void) | undefined;
  /** Silence after which a connection counts as dead, in milliseconds; the server pings well within the default. */
  silenceLimitMs?: number | undefined;
  /** Bounds of the wait between tries. */
  backoff?: Backoff | undefined;
  /** Source of the spread between clients; a number from 0 to below 1. */
  random?: (() => number) | undefined;
}
