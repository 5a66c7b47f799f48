/** Longest wait that a server can impose on a client, in ms. */
const MAX_RETRY_AFTER_MS = 300_000;

/**
 * Reads `Retry-After`, which is a number of seconds or a date (RFC 9110, section 10.2.3).
 *
 * @returns milliseconds from now, five minutes at most; undefined where the header is absent or unreadable
 */
export function readRetryAfterMs(headers: Headers, nowMs: number = Date.now()): number | undefined {
  const value = headers.get("retry-after")?.trim();
  if (value === undefined || value === "") return undefined;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), MAX_RETRY_AFTER_MS);
}

/** @returns the media type without its parameters, e.g. `application/json`; null if there is none. */
export function mediaTypeOf(response: Response): string | null {
  return response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() || null;
}
