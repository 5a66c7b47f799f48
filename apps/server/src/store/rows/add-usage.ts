import type { Usage } from "@trunkline/contract";

/** @returns what two steps used together. A price that is not known makes the sum's unknown, too. */
export function addUsage(a: Usage | null, b: Usage): Usage {
  if (a === null) return b;
  const sum: Usage = {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
  };
  const reasoning = addOptional(a.reasoningTokens, b.reasoningTokens);
  if (reasoning !== undefined) sum.reasoningTokens = reasoning;
  const cached = addOptional(a.cachedInputTokens, b.cachedInputTokens);
  if (cached !== undefined) sum.cachedInputTokens = cached;
  if (typeof a.costUsd === "number" && typeof b.costUsd === "number") sum.costUsd = a.costUsd + b.costUsd;
  else if (a.costUsd !== undefined || b.costUsd !== undefined) sum.costUsd = null;
  if (a.priceSource !== undefined && a.priceSource === b.priceSource) sum.priceSource = a.priceSource;
  return sum;
}

function addOptional(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}
