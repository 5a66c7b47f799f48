import type { Effort } from "@trunkline/contract";

/** What a model can do. */
export interface CatalogueModel {
  /** Its name for people. */
  title: string;
  /** Tokens per call, answer included. */
  contextTokens: number;
  maxOutputTokens: number;
  readsImages: boolean;
  /** None: it does not reason, or not more or less. */
  efforts: Effort[];
}

/** Whose models, as far as that is known. */
export interface CatalogueProvider {
  kind: "openai-compatible" | "openai" | "anthropic" | "google";
  /** Base URL. */
  address: string;
}

export interface Catalogue {
  readonly source: string;
  /** When it was made, `YYYY-MM-DD`. */
  readonly date: string;
  find(provider: CatalogueProvider, model: string): CatalogueModel | null;
  /** Ids of a provider's models. */
  idsOf(provider: CatalogueProvider): string[];
}
