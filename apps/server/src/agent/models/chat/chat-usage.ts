import type { Usage } from "@trunkline/contract";
import { isObject, type JsonObject, objectOr } from "../../json-object.ts";

/** Token counts of chat servers: numbers or numeric strings, under various names. */
export function chatUsage(value: unknown): Usage | null {
  if (!isObject(value)) return null;
  const input = count(value, "prompt_tokens", "input_tokens", "promptTokens");
  const output = count(value, "completion_tokens", "output_tokens", "completionTokens");
  if (input === undefined && output === undefined) return null;
  const inputDetails = objectOr(value["prompt_tokens_details"] ?? value["input_tokens_details"]);
  const outputDetails = objectOr(value["completion_tokens_details"] ?? value["output_tokens_details"]);
  const cacheWriteTokens = count(value, "cache_creation_input_tokens") ?? 0;
  return {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    reasoningTokens: count(outputDetails, "reasoning_tokens") ?? count(value, "reasoning_tokens"),
    cachedInputTokens:
      count(inputDetails, "cached_tokens") ??
      count(value, "prompt_cache_hit_tokens", "cache_read_input_tokens"),
    ...(cacheWriteTokens > 0 && { cacheWriteTokens }),
  };
}

function count(fields: JsonObject, ...names: string[]): number | undefined {
  for (const name of names) {
    const tokens = wholeTokens(fields[name]);
    if (tokens !== undefined) return tokens;
  }
  return undefined;
}

/** Providers have sent fractions, NaN and strings; the contract requires integers. */
export function wholeTokens(value: unknown): number | undefined {
  if (typeof value !== "number" && (typeof value !== "string" || value.trim() === "")) return undefined;
  const tokens = Number(value);
  return Number.isFinite(tokens)
    ? Math.min(Math.max(0, Math.round(tokens)), Number.MAX_SAFE_INTEGER)
    : undefined;
}
