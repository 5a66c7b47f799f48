import { InvalidArgumentError } from "commander";
import { expect, it } from "vitest";
import { parseBudget } from "./budget-limits.ts";

it("reads amounts by their units", () => {
  expect(parseBudget("0.05usd")).toEqual({ costUsd: 0.05 });
  expect(parseBudget("2 USD, 1step,200000tokens,90m")).toEqual({
    costUsd: 2,
    steps: 1,
    tokens: 200_000,
    durationMs: 5_400_000,
  });
});

it.each(["", "5", "0usd", "-1usd", "1.5steps", "5eur", "1usd,", "1usd,2usd", "1.5h", "1e3tokens"])(
  "refuses %j",
  (text) => {
    expect(() => parseBudget(text)).toThrow(InvalidArgumentError);
  },
);
