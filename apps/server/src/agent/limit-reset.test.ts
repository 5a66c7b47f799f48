import { expect, test } from "vitest";
import { limitResetsAt } from "./limit-reset.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");

test.each([
  [{}, undefined],
  [{ "retry-after": "0" }, 0],
  [{ "retry-after": " 7 " }, 7_000],
  [{ "retry-after": "1.5" }, 1_500],
  [{ "retry-after": "Tue, 24 Nov 2026 12:00:30 GMT" }, 30_000],
  [{ "retry-after": "Tue, 24 Nov 2026 11:00:00 GMT" }, 0],
  [{ "retry-after": "2026-11-24T15:00:00Z" }, 10_800_000],
  [{ "retry-after": "1h30m" }, 5_400_000],
  [{ "retry-after": "soon" }, undefined],
  [{ "retry-after": "-3" }, undefined],
  [{ "retry-after": "" }, undefined],
  [{ "retry-after-ms": "250", "retry-after": "9" }, 250],
  [{ "retry-after-ms": "nonsense", "retry-after": "9" }, 9_000],
  [{ "x-ratelimit-reset-requests": "6m0s", "x-ratelimit-remaining-requests": "0" }, 360_000],
  [{ "x-ratelimit-reset-requests": "20ms", "x-ratelimit-remaining-requests": "59" }, undefined],
  [
    {
      "x-ratelimit-reset-requests": "8h12m",
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-tokens": "2s",
      "x-ratelimit-remaining-tokens": "0",
    },
    29_520_000,
  ],
  [{ "anthropic-ratelimit-tokens-reset": "2026-11-24T12:05:00Z" }, 300_000],
  [{ "x-ratelimit-reset": String(NOW + 7_200_000) }, 7_200_000],
  [{ "x-ratelimit-reset": String(NOW / 1_000 + 60) }, 60_000],
  [{ "ratelimit-reset": "90" }, 90_000],
  [{ "retry-after": "99999999999" }, 31 * 86_400_000],
])("K13 headers %o → %s", (headers, expected) => {
  const at = limitResetsAt(headers, "", NOW);
  expect(at === undefined ? undefined : at - NOW).toBe(expected);
});

test.each([
  ['{"error":{"message":"Rate limit reached. Please try again in 7m12.5s."}}', 432_500],
  ['{"error":{"details":[{"@type":"x/RetryInfo","retryDelay":"34s"}]}}', 34_000],
  ['{"error":{"type":"usage_limit_reached","resets_in_seconds":14400}}', 14_400_000],
  [`{"error":{"type":"usage_limit_reached","resets_at":${NOW / 1_000 + 3_600}}}`, 3_600_000],
  [`{"error":{"metadata":{"headers":{"X-RateLimit-Reset":"${NOW + 5_000}"}}}}`, 5_000],
  ["Too many requests, retry after 2 minutes and 5 seconds", 125_000],
  ["Limit resets at 2026-11-24T14:00:00Z", 7_200_000],
  ["Wait for better days", undefined],
  ["", undefined],
])("K13 body %s → %s", (body, expected) => {
  const at = limitResetsAt({}, body, NOW);
  expect(at === undefined ? undefined : at - NOW).toBe(expected);
});
