import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Usage } from "../primitives.ts";
import { addUsage, NO_USAGE, priceUsage, sumUsage, totalTokens } from "./usage.ts";

const count = fc.nat(1_000_000);
const usage: fc.Arbitrary<Usage> = fc.record(
  {
    inputTokens: count,
    outputTokens: count,
    reasoningTokens: count,
    cachedInputTokens: count,
    cacheWriteTokens: count,
    // Integers, so that the order of addition does not matter.
    costUsd: fc.option(count),
    priceSource: fc.constantFrom("a", "b"),
  },
  { requiredKeys: ["inputTokens", "outputTokens"] },
);

describe("adding", () => {
  it("comes to the same in any order and grouping, and nothing adds nothing", () => {
    fc.assert(
      fc.property(usage, usage, usage, (a, b, c) => {
        expect(addUsage(addUsage(a, b), c)).toEqual(addUsage(a, addUsage(b, c)));
        expect(addUsage(a, b)).toEqual(addUsage(b, a));
        expect(addUsage(a, NO_USAGE)).toEqual(a);
        expect(addUsage(NO_USAGE, a)).toEqual(a);
      }),
    );
  });

  it("counts every token of a sum", () => {
    fc.assert(
      fc.property(fc.array(usage), (parts) => {
        const total = parts.reduce((sum, part) => sum + totalTokens(part), 0);
        expect(totalTokens(sumUsage(parts))).toBe(total);
      }),
    );
  });

  it("stays a count that every client reads exactly", () => {
    const most = Number.MAX_SAFE_INTEGER;
    const absurd: Usage = { inputTokens: most, outputTokens: most, cachedInputTokens: most };
    expect(sumUsage([absurd, absurd])).toEqual(absurd);
    expect(totalTokens(absurd)).toBe(most);
  });

  it("knows no price where it does not know all of it", () => {
    const priced: Usage = { inputTokens: 1, outputTokens: 1, costUsd: 0.5, priceSource: "list" };
    const unpriced: Usage = { inputTokens: 1, outputTokens: 1 };
    expect(sumUsage([priced, priced])).toMatchObject({ costUsd: 1, priceSource: "list" });
    expect(sumUsage([priced, unpriced]).costUsd).toBeNull();
    expect(sumUsage([unpriced, unpriced])).not.toHaveProperty("costUsd");
    expect(sumUsage([priced, { ...priced, priceSource: "provider" }]).priceSource).toBe("several");
  });
});

describe("pricing", () => {
  const prices = {
    inputUsdPerMillion: 3,
    outputUsdPerMillion: 15,
    cachedInputUsdPerMillion: 0.3,
    source: "list",
  };

  it("takes what was cached at its own price", () => {
    const used = { inputTokens: 1_000_000, cachedInputTokens: 600_000, outputTokens: 100_000 };
    expect(priceUsage(used, prices)).toEqual({ ...used, costUsd: 1.2 + 0.18 + 1.5, priceSource: "list" });
    expect(priceUsage(used, { ...prices, cachedInputUsdPerMillion: undefined }).costUsd).toBe(4.5);
  });

  it("takes what was written to the cache at its own price", () => {
    const used = {
      inputTokens: 1_000_000,
      cachedInputTokens: 500_000,
      cacheWriteTokens: 400_000,
      outputTokens: 0,
    };
    const withWrites = { ...prices, cacheWriteUsdPerMillion: 3.75 };
    expect(priceUsage(used, withWrites).costUsd).toBeCloseTo(0.3 + 0.15 + 1.5, 10);
    expect(priceUsage(used, prices).costUsd).toBeCloseTo(0.3 + 0.15 + 1.2, 10);
  });

  it("is never below nothing, and says where it is unknown", () => {
    const odd = { inputTokens: 10, cachedInputTokens: 50, outputTokens: 0 };
    expect(priceUsage(odd, prices).costUsd).toBeCloseTo(0.000_003, 10);
    expect(priceUsage(odd, null)).toEqual({ ...odd, costUsd: null });
  });
});
