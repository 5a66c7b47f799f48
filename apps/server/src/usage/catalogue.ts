import type { Usage } from "@trunkline/contract";
import type { PricedModel } from "./port.ts";

/** Version and date of the package, which a test compares with what is installed. */
export const CATALOGUE = { version: "0.1.8", date: "2026-09-23" } as const;

const SOURCE = `genai-prices ${CATALOGUE.version} (${CATALOGUE.date})`;

/**
 * Prices of public providers, from the catalogue that is installed: nothing is fetched. Loaded with the first model that
 * needs it, because it takes 20 MB.
 * @returns null if the catalogue does not have the model
 */
export async function catalogueUsage(
  { name, pricing }: PricedModel,
  usage: Usage,
  at: number,
): Promise<Usage | null> {
  if (pricing === undefined) return null;
  const { calcPrice, findProvider } = await import("@pydantic/genai-prices");
  const { kind, address } = pricing;
  const provider = findProvider(
    kind === "openai-compatible" ? { providerApiUrl: address } : { providerId: kind },
  );
  if (provider === undefined) return null;
  const input = usage.inputTokens;
  // Providers sometimes report more cached tokens than input, which the catalogue refuses.
  const read = Math.min(usage.cachedInputTokens ?? 0, input);
  const written = Math.min(usage.cacheWriteTokens ?? 0, input - read);
  const price = calcPrice(
    {
      input_tokens: input,
      output_tokens: usage.outputTokens,
      ...(read > 0 && { cache_read_tokens: read }),
      ...(written > 0 && { cache_write_tokens: written }),
    },
    name.slice(name.indexOf(":") + 1),
    { provider, timestamp: new Date(at) },
  );
  if (price === null) return null;
  return { ...usage, costUsd: price.total_price, priceSource: SOURCE };
}
