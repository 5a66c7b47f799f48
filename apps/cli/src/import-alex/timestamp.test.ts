import { expect, it } from "vitest";
import { parseTimestamp } from "./timestamp.ts";

const MOMENT = Date.UTC(2025, 9, 2, 2, 13, 20, 123);

it.each([
  "2025-10-02T10:13:20.123456789+08:00",
  "2025-10-02T02:13:20.123Z",
  "2025-10-01T21:13:20.1239-05:00",
  "2025-10-02 10:13:20.123456789 +0800 CST m=+0.000012",
  "2025-10-02 02:13:20.123999999 +0000 UTC",
  "2025-10-02t02:13:20,123z",
  " 2025-10-02T02:13:20.123 ",
  "1759371200123456789",
  "1759371200123",
  1_759_371_200_123,
  1_759_371_200.123_9,
  1_759_371_200_123_456,
])("reads %s", (text) => {
  expect(parseTimestamp(text)).toBe(MOMENT);
});

it.each(["2025-10-02T10:13:20+08:00", "2025-10-02T10:13:20.0+08:00", 1_759_371_200, "1759371200"])(
  "reads whole seconds: %s",
  (value) => {
    expect(parseTimestamp(value)).toBe(MOMENT - 123);
  },
);

it("cuts the rest of a millisecond off, and does not round it into the next", () => {
  expect(parseTimestamp("2025-10-02T02:13:20.123999999Z")).toBe(MOMENT);
  expect(parseTimestamp("1759371200123999999")).toBe(MOMENT);
  expect(parseTimestamp("2025-10-02T02:13:20.5Z")).toBe(MOMENT + 377);
});

it("knows leap seconds and leap days", () => {
  expect(parseTimestamp("2016-12-31T23:59:60Z")).toBe(Date.UTC(2017, 0, 1));
  expect(parseTimestamp("2024-02-29T00:00:00Z")).toBe(Date.UTC(2024, 1, 29));
});

it.each([
  "0001-01-01T00:00:00Z",
  "2025-02-29T00:00:00Z",
  "2025-13-01T00:00:00Z",
  "2025-10-02T24:00:00Z",
  "2999-01-01T00:00:00Z",
  "yesterday",
  "",
  "12",
  -5,
  0,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  null,
  undefined,
  {},
  [],
  true,
])("finds no time in %j", (value) => {
  expect(parseTimestamp(value)).toBeNull();
});
