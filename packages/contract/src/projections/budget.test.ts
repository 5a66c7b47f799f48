import { expect, it } from "vitest";
import { Budget } from "../budget.ts";
import { budgetAmount, budgetLimits, budgetNote, usdText } from "./budget.ts";

it("takes the former names of limits beside today's, the smaller one of both", () => {
  const budget = Budget.parse({
    maxSteps: 3,
    maxTokens: 500,
    tokens: 400,
    maxDurationMs: 1_000,
    costUsd: 0.05,
  });
  expect(budgetLimits(budget)).toEqual({ steps: 3, tokens: 400, durationMs: 1_000, costUsd: 0.05 });
  expect(budgetLimits({})).toEqual({});
});

it("refuses limits that allow nothing", () => {
  for (const budget of [{ costUsd: 0 }, { costUsd: -1 }, { steps: 0 }, { tokens: 1.5 }, { dollars: 1 }]) {
    expect(Budget.safeParse(budget).success).toBe(false);
  }
});

it("writes amounts for people", () => {
  expect([0, 0.000_000_4, 0.000_123_4, 0.05, 0.0513, 0.999, 1, 1_234.5].map(usdText)).toEqual([
    "$0",
    "<$0.000001",
    "$0.000123",
    "$0.05",
    "$0.0513",
    "$0.999",
    "$1.00",
    "$1,234.50",
  ]);
  expect(budgetAmount("steps", 1)).toBe("1 step");
  expect(budgetAmount("tokens", 12_000)).toBe("12,000 tokens");
  expect(budgetAmount("duration", 90_040)).toBe("90 s");
});

it("says whose budget is used and how far", () => {
  expect(budgetNote({ budget: "cost", limit: 0.05, spent: 0.041 })).toBe(
    "82 % of the task's budget is used: $0.041 of $0.05",
  );
  expect(budgetNote({ budget: "tokens", limit: 10, spent: 12, scope: "user", period: "month" })).toBe(
    "All of this month's budget of the user is used: 12 of 10 tokens",
  );
});
