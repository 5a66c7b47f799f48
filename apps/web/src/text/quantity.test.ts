import { expect, it } from "vitest";
import { bytes, compactCount, plural } from "./quantity.ts";

it("shortens large counts", () => {
  expect([0, 999, 1_000, 1_250, 9_949, 9_950, 34_400, 999_499, 999_500, 1_850_000].map(compactCount)).toEqual(
    ["0", "999", "1.0k", "1.3k", "9.9k", "10k", "34k", "999k", "1.0M", "1.9M"],
  );
});

it("counts bytes in their units", () => {
  expect([12, 2_048, 1_258_291].map(bytes)).toEqual(["12 B", "2.0 KB", "1.2 MB"]);
});

it("knows one from many", () => {
  expect([plural(1, "line"), plural(2, "line"), plural(1_234, "entry", "entries")]).toEqual([
    "1 line",
    "2 lines",
    "1,234 entries",
  ]);
});
