import { isApiError, TrunklineConnectionError, type TrunklineClient } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import { pause } from "../network/page-visibility.ts";

const PAGE_SIZE = 1_000;
/** Between retries, in ms. */
const RETRY_INTERVAL_MS = 1_000;

export interface ReadOptions {
  sessionId: string;
  after: number;
  /** The last seq of interest; absent: all. */
  upTo?: number;
  signal: AbortSignal;
  /** The server became unreachable, or reachable again. */
  onTrouble?: (error: Error | null) => void;
}

/**
 * Reads the events after a cursor page by page, retrying while the server is unreachable.
 *
 * @throws TrunklineApiError if retrying can't help
 */
export async function* readEvents(
  client: TrunklineClient,
  { sessionId, after, upTo = Number.MAX_SAFE_INTEGER, signal, onTrouble }: ReadOptions,
): AsyncGenerator<SessionEvent[], void> {
  let cursor = after;
  while (cursor < upTo && !signal.aborted) {
    const page = await client.session.events
      .query({ sessionId, after: cursor, limit: PAGE_SIZE }, { signal })
      .catch((error: unknown) => {
        if (signal.aborted) return null;
        if (!isPassing(error)) throw error;
        onTrouble?.(error);
        return null;
      });
    if (page === null) {
      await pause(RETRY_INTERVAL_MS, signal);
      continue;
    }
    onTrouble?.(null);
    const events = page.events.filter(({ seq }) => seq <= upTo);
    if (events.length > 0) yield events;
    if (!page.hasMore) return;
    cursor = page.events.at(-1)?.seq ?? upTo;
  }
}

/** Whether a retry may succeed. */
export function isPassing(error: unknown): error is Error {
  if (error instanceof TrunklineConnectionError) return true;
  return isApiError(error) && (error.httpStatus >= 500 || error.httpStatus === 429);
}
