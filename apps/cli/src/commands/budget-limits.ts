import type { BudgetLimits } from "@trunkline/contract";
import { InvalidArgumentError } from "commander";
import { parseSpan } from "./option-values.ts";

const HINT = "Use amounts such as 0.50usd, 40steps, 200000tokens and 90m, separated by commas.";

/** Limits such as `0.50usd,40steps,200000tokens,90m`. @throws InvalidArgumentError */
export function parseBudget(text: string): BudgetLimits {
  const limits: BudgetLimits = {};
  for (const part of text.split(",")) {
    const [name, amount] = parseAmount(part.trim().toLowerCase());
    if (limits[name] !== undefined)
      throw new InvalidArgumentError(`'${part}' limits the same twice. ${HINT}`);
    limits[name] = amount;
  }
  return limits;
}

function parseAmount(text: string): [keyof BudgetLimits, number] {
  const [, number = "", unit = ""] = /^(\d{1,12}(?:\.\d{1,6})?)\s*([a-z]+)$/.exec(text) ?? [];
  const amount = Number(number);
  if (amount > 0) {
    if (unit === "usd") return ["costUsd", amount];
    if (/^steps?$/.test(unit) && Number.isInteger(amount)) return ["steps", amount];
    if (/^tokens?$/.test(unit) && Number.isInteger(amount)) return ["tokens", amount];
    if (/^[mhdw]$/.test(unit)) return ["durationMs", parseSpan(text.replaceAll(" ", ""))];
  }
  throw new InvalidArgumentError(HINT);
}
