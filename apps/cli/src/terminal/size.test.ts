import { expect, it } from "vitest";
import { formatSize, formatTokens } from "./size.ts";

it.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1_000, "1.0 kB"],
  [12_345, "12.3 kB"],
  [4_500_000, "4.5 MB"],
  [1_200_000_000, "1.2 GB"],
  [9e15, "9000000.0 GB"],
])("%d bytes are %s", (bytes, expected) => {
  expect(formatSize(bytes)).toBe(expected);
});

it.each([
  [500, "500"],
  [272_000, "272k"],
  [1_000_000, "1M"],
  [1_048_576, "1.05M"],
])("%d tokens are %s", (tokens, expected) => {
  expect(formatTokens(tokens)).toBe(expected);
});
