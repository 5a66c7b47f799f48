import { expect, it } from "vitest";
import { readRetryAfterMs } from "./answer-headers.ts";

const now = Date.parse("2026-01-01T00:00:00Z");

it.each([
  ["5", 5_000],
  ["0", 0],
  ["Thu, 01 Jan 2026 00:00:09 GMT", 9_000],
  ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
  ["999999", 300_000],
  ["soon", undefined],
  ["", undefined],
])("Retry-After: %s", (value, expected) => {
  expect(readRetryAfterMs(new Headers({ "retry-after": value }), now)).toBe(expected);
});

it("is nothing where the header is absent", () => {
  expect(readRetryAfterMs(new Headers(), now)).toBeUndefined();
});
