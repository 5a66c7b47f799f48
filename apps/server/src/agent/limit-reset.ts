/**
 * When a rate-limiting provider accepts requests again. From its headers first, then its message: `Retry-After` in
 * seconds or as a date (RFC 9110, 10.2.3), OpenAI's `retry-after-ms`, and the reset times of exhausted limits.
 * @param headers with lower-case names.
 * @param body as received; empty if there is none.
 * @returns integer ms since the epoch, not before `nowMs`; undefined if nothing readable is found.
 */
export function limitResetsAt(
  headers: Readonly<Record<string, string>>,
  body: string,
  nowMs: number = Date.now(),
): number | undefined {
  const afterMs = retryAfterMs(headers, nowMs) ?? usedUpLimitMs(headers, nowMs) ?? saidMs(body, nowMs);
  if (afterMs === undefined || !Number.isFinite(afterMs)) return undefined;
  return Math.round(nowMs + Math.min(Math.max(0, afterMs), LONGEST_WAIT_MS));
}

/** Upper bound: after this long, try again whatever the provider says. */
const LONGEST_WAIT_MS = 31 * 24 * 60 * 60 * 1_000;

function retryAfterMs(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const exact = headers["retry-after-ms"]?.trim();
  if (exact !== undefined && /^\d+(\.\d+)?$/.test(exact)) return Number(exact);
  const value = headers["retry-after"]?.trim();
  if (value === undefined || value === "") return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1_000;
  return dateMs(value, nowMs) ?? durationMs(value);
}

/** `x-ratelimit-reset-requests`, `anthropic-ratelimit-tokens-reset`, `ratelimit-reset`, … */
function usedUpLimitMs(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const waits: number[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (!name.includes("ratelimit") || !name.includes("reset")) continue;
    const remaining = headers[name.replace("reset", "remaining")]?.trim();
    if (remaining !== undefined && Number(remaining) > 0) continue;
    const waitMs = pointOrDurationMs(value.trim(), nowMs);
    if (waitMs !== undefined) waits.push(waitMs);
  }
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function pointOrDurationMs(value: string, nowMs: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(value)) {
    const number = Number(value);
    // Milliseconds or seconds since the epoch, or seconds from now.
    if (number > 1e12) return number - nowMs;
    if (number > 1e9) return number * 1_000 - nowMs;
    return number * 1_000;
  }
  return dateMs(value, nowMs) ?? durationMs(value);
}

/** HTTP and RFC 3339 dates only; JavaScript parses much else as dates. */
function dateMs(value: string, nowMs: number): number | undefined {
  if (!/^(?:[A-Z][a-z]{2,8},? |\d{4}-\d{2}-\d{2}[T ])/.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at - nowMs;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `6m0s`, `1.5s`, `20ms`, `2h30m`; also in words: `7 minutes 12 seconds`. */
function durationMs(value: string): number | undefined {
  const whole =
    /^(?:\d+(?:\.\d+)?\s*(?:milliseconds?|minutes?|seconds?|hours?|days?|mins?|secs?|hrs?|ms|s|m|h|d)(?![a-z])[\s,]*(?:and\s+)?)+/i.exec(
      value,
    )?.[0];
  if (whole === undefined) return undefined;
  let sumMs = 0;
  for (const [, count, unit] of whole.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const name = unit?.toLowerCase() ?? "";
    const key = name.startsWith("ms") || name.startsWith("milli") ? "ms" : (name[0] ?? "");
    sumMs += Number(count) * (UNITS_MS[key] ?? 0);
  }
  return sumMs;
}

/** Maximum length of body to search. */
const MAX_BODY_LENGTH = 20_000;

function saidMs(body: string, nowMs: number): number | undefined {
  const text = body.slice(0, MAX_BODY_LENGTH);
  // Google's RetryInfo, and hourly plans.
  const field =
    /"(?:retry_?delay|retry_?after|resets_in_seconds|reset_?after|retry_after_seconds|x-ratelimit-reset|resets_at|reset_at|reset_?time|retry_after_ms)"\s*:\s*"?([^",}]+)/i.exec(
      text,
    );
  if (field?.[1] !== undefined) {
    const isMs = /_ms"/i.test(field[0]);
    const waitMs = isMs ? Number(field[1]) : pointOrDurationMs(field[1].trim(), nowMs);
    if (waitMs !== undefined && !Number.isNaN(waitMs)) return waitMs;
  }
  const said =
    /(?:try again|retry|wait|available|resets?)\s+(?:again\s+)?(?:in|after|for)\s+(?:about\s+)?([^"]{1,60})/i.exec(
      text,
    );
  if (said?.[1] !== undefined) return durationMs(said[1].trim());
  const until =
    /(?:try again|retry|available|resets?)\s+(?:at|on|after)\s+(\d{4}-\d{2}-\d{2}[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)/i.exec(
      text,
    );
  return until?.[1] === undefined ? undefined : dateMs(until[1], nowMs);
}
