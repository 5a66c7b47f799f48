import type { Model } from "@trunkline/contract";

/** A model of which only the name is known. */
export function unknownModel(provider: string, id: string): Model {
  return {
    name: `${provider}:${id}`,
    provider,
    title: null,
    isDefault: false,
    contextTokens: null,
    maxOutputTokens: null,
    readsImages: null,
    efforts: null,
    effort: null,
    prices: null,
  };
}
