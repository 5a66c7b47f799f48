import type { Usage } from "../primitives.ts";

/** Usage before the first model call; neutral in sums. */
export const NO_USAGE: Usage = Object.freeze({ inputTokens: 0, outputTokens: 0 });

/** Price source of a sum whose parts were priced by different sources. */
const SEVERAL_PRICE_SOURCES = "several";

/** Far beyond any model's context. */
const MAX_TOKENS_OF_CALL = 1_000_000_000;

/** What one call can have used at most: providers and agents have reported more, and it would distort every sum. */
export function boundUsage(usage: Usage): Usage {
  const bounded = { ...usage };
  for (const name of TOKEN_COUNTS) {
    const tokens = usage[name];
    if (tokens !== undefined) bounded[name] = Math.min(tokens, MAX_TOKENS_OF_CALL);
  }
  return bounded;
}

const TOKEN_COUNTS = [
  "inputTokens",
  "outputTokens",
  "reasoningTokens",
  "cachedInputTokens",
  "cacheWriteTokens",
] as const;

/** Adds counts, up to the largest that every client reads exactly: logs may hold any. */
export function addCounts(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}

/** Input and output tokens. */
export function totalTokens({ inputTokens, outputTokens }: Usage): number {
  return addCounts(inputTokens, outputTokens);
}

/** @returns the sum. If one part has no known price, the sum's is unknown (`null`), too. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum: Usage = {
    inputTokens: addCounts(a.inputTokens, b.inputTokens),
    outputTokens: addCounts(a.outputTokens, b.outputTokens),
  };
  const reasoningTokens = addOptional(a.reasoningTokens, b.reasoningTokens);
  if (reasoningTokens !== undefined) sum.reasoningTokens = reasoningTokens;
  const cachedInputTokens = addOptional(a.cachedInputTokens, b.cachedInputTokens);
  if (cachedInputTokens !== undefined) sum.cachedInputTokens = cachedInputTokens;
  const cacheWriteTokens = addOptional(a.cacheWriteTokens, b.cacheWriteTokens);
  if (cacheWriteTokens !== undefined) sum.cacheWriteTokens = cacheWriteTokens;
  const costUsd = addCosts(a, b);
  if (costUsd !== undefined) sum.costUsd = costUsd;
  const priceSource = joinSources(a.priceSource, b.priceSource);
  if (priceSource !== undefined) sum.priceSource = priceSource;
  return sum;
}

export function sumUsage(parts: Iterable<Usage>): Usage {
  let sum = NO_USAGE;
  for (const part of parts) sum = addUsage(sum, part);
  return sum;
}

/** Price of a model's tokens, in US dollars per million. */
export interface TokenPrices {
  inputUsdPerMillion: number;
  outputUsdPerMillion: number;
  /** Absent: the same as other input. */
  cachedInputUsdPerMillion?: number | undefined;
  /** Of input written to the provider's cache; absent: the same as other input. */
  cacheWriteUsdPerMillion?: number | undefined;
  /** Source of the prices. */
  source: string;
}

/** @returns the usage with its cost, or marked as unpriced if no prices are known. */
export function priceUsage(usage: Usage, prices: TokenPrices | null): Usage {
  if (prices === null) return { ...usage, costUsd: null };
  const { inputUsdPerMillion, outputUsdPerMillion, source } = prices;
  const { cachedInputUsdPerMillion = inputUsdPerMillion, cacheWriteUsdPerMillion = inputUsdPerMillion } =
    prices;
  // Providers count cached tokens as input, and sometimes report more cached than input.
  const cached = Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens);
  const written = Math.min(usage.cacheWriteTokens ?? 0, usage.inputTokens - cached);
  const costUsd =
    ((usage.inputTokens - cached - written) * inputUsdPerMillion +
      cached * cachedInputUsdPerMillion +
      written * cacheWriteUsdPerMillion +
      usage.outputTokens * outputUsdPerMillion) /
    1_000_000;
  return { ...usage, costUsd, priceSource: source };
}

function addOptional(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : addCounts(a ?? 0, b ?? 0);
}

/** Absent: never priced, as in logs from before prices were recorded. */
function addCosts(a: Usage, b: Usage): number | null | undefined {
  if (isNothing(a)) return b.costUsd;
  if (isNothing(b)) return a.costUsd;
  if (a.costUsd === undefined && b.costUsd === undefined) return undefined;
  return typeof a.costUsd === "number" && typeof b.costUsd === "number" ? a.costUsd + b.costUsd : null;
}

const isNothing = (usage: Usage): boolean => totalTokens(usage) === 0 && usage.costUsd === undefined;

function joinSources(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a === b ? a : SEVERAL_PRICE_SOURCES;
}
