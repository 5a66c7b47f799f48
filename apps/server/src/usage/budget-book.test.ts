import { expect, it } from "vitest";
import type { BudgetKey, Store, StoredBudget } from "../store/port.ts";
import { BudgetBook } from "./budget-book.ts";

const DAY_MS = 86_400_000;
const KEY = { scope: "user", id: "ada" } as const;

it("learns of another node's budget within seconds after the clock was put back, too", async () => {
  let now = 100 * DAY_MS;
  let stored: (BudgetKey & StoredBudget)[] = [];
  const budgets = {
    any: async () => stored.length > 0,
    several: async () => stored,
  } as unknown as Store["budgets"];
  const book = new BudgetBook({ budgets }, {}, () => now);
  expect(await book.limitsOf([KEY])).toEqual([]);
  now -= DAY_MS;
  stored = [{ ...KEY, total: { steps: 1 }, month: {} }];
  expect(await book.limitsOf([KEY])).toEqual([{ ...KEY, total: { steps: 1 }, month: {} }]);
  now -= DAY_MS;
  stored = [{ ...KEY, total: { steps: 2 }, month: {} }];
  expect(await book.limitsOf([KEY])).toEqual([{ ...KEY, total: { steps: 2 }, month: {} }]);
});
