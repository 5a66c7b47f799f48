import { expect, it } from "vitest";
import { cachedShare, limitOf } from "./usage-words.ts";

it("a limit is a positive number, or none", () => {
  expect(["", " 5 ", "$2.50", "0", "-1", "1e400", "x"].map((text) => limitOf(text, false))).toEqual([
    undefined,
    5,
    2.5,
    null,
    null,
    null,
    null,
  ]);
  expect(limitOf("2.5", true)).toBeNull();
});

it("the share of cached input is never more than all of it", () => {
  expect(cachedShare({ inputTokens: 200, cachedInputTokens: 50 })).toBe("25%");
  expect(cachedShare({ inputTokens: 10, cachedInputTokens: 30 })).toBe("100%");
  expect(cachedShare({ inputTokens: 0, cachedInputTokens: 0 })).toBe("–");
});
