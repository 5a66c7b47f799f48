import type { EventBatch } from "@trunkline/contract";
import type { TrunklineClient } from "./client.ts";
import { followSession, type FollowOptions } from "./follow-session.ts";

export interface WatchOptions extends Omit<FollowOptions, "signal"> {
  /** The next batch is delivered after this one has been handled. */
  onBatch: (batch: EventBatch) => void | Promise<void>;
  /** The watch has ended: the server refused, or `onBatch` threw. */
  onError: (error: unknown) => void;
}

/**
 * `followSession` with callbacks.
 *
 * @returns a function that stops it; no callback is called after that
 */
export function watchSession(
  client: TrunklineClient,
  { onBatch, onError, ...options }: WatchOptions,
): () => void {
  const stopped = new AbortController();
  const { signal } = stopped;
  const watch = async (): Promise<void> => {
    for await (const batch of followSession(client, { ...options, signal })) {
      if (!signal.aborted) await onBatch(batch);
    }
  };
  watch().catch((error: unknown) => {
    if (!signal.aborted) onError(error);
  });
  return () => stopped.abort();
}
