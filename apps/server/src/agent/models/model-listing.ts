import type { Model, ModelList } from "@trunkline/contract";
import type { Prices } from "../../usage/port.ts";
import { DEMO_MODEL_NAME } from "./demo/demo-model.ts";
import { listedModels } from "./listed-model.ts";
import { catalogueKey, type ModelSettings } from "./model-settings.ts";
import type { ConfiguredProvider } from "./provider-table.ts";

/** How long a list is believed, in ms. */
const LIST_AGE_MS = 60_000;

/** Models after which others get a turn. */
const SLICE = 50;

interface ListingDeps {
  known: ModelSettings;
  /** Absent: none is known. */
  prices: Prices | undefined;
  now: () => number;
}

interface ProviderModels {
  models: Model[];
  isReachable: boolean | null;
}

/** Lists the models of the configured providers: of a server for chat completions its own list, else the catalogue's. */
export class ModelListing {
  readonly #deps: ListingDeps;
  readonly #lists = new Map<string, { at: number; found: Promise<ProviderModels> }>();

  constructor(deps: ListingDeps) {
    this.#deps = deps;
  }

  /** @param context.own providers that the caller has a key for */
  async list(
    providers: readonly ConfiguredProvider[],
    { defaultModel, own }: { defaultModel: string; own: readonly string[] },
  ): Promise<Pick<ModelList, "models" | "providers">> {
    const lists = await Promise.all(providers.map(async (provider) => this.#known(provider)));
    const models = [...lists.flatMap((list) => list.models), DEMO].map((model) => ({
      ...model,
      isDefault: model.name === defaultModel,
    }));
    return {
      models: [
        ...models.filter(({ isDefault }) => isDefault),
        ...models.filter(({ isDefault }) => !isDefault),
      ],
      providers: providers.map(({ name, kind, hasKey }, index) => ({
        name,
        kind,
        key: own.includes(name) ? "own" : hasKey ? "server" : "none",
        isReachable: lists[index]?.isReachable ?? null,
      })),
    };
  }

  #known(provider: ConfiguredProvider): Promise<ProviderModels> {
    const known = this.#lists.get(provider.name);
    if (known !== undefined && performance.now() - known.at < LIST_AGE_MS) return known.found;
    const found = this.#find(provider);
    this.#lists.set(provider.name, { at: performance.now(), found });
    return found;
  }

  async #find(provider: ConfiguredProvider): Promise<ProviderModels> {
    const { address, headers, defaultModel } = provider;
    const isAsked = provider.kind === "openai-compatible";
    const listed = isAsked ? await listedModels(address, headers) : null;
    const names = new Set([
      ...(defaultModel === null ? [] : [defaultModel]),
      ...(listed ?? this.#deps.known.idsOf(provider)),
      ...this.#deps.known.namedOf(provider),
    ]);
    const models: Model[] = [];
    for (const name of names) {
      models.push(await this.#describe(provider, name));
      if (models.length % SLICE === 0) await new Promise(setImmediate);
    }
    return { models, isReachable: isAsked ? listed !== null : null };
  }

  async #describe(provider: ConfiguredProvider, id: string): Promise<Model> {
    const { askedOutputTokens: _, ...known } = this.#deps.known.find(provider, id);
    const name = `${provider.name}:${id}`;
    return {
      ...UNKNOWN,
      ...known,
      name,
      provider: provider.name,
      prices: await this.#pricesOf({ name, pricing: catalogueKey(provider) }),
    };
  }

  async #pricesOf(model: Parameters<Prices["price"]>[0]): Promise<Model["prices"]> {
    const at = this.#deps.now();
    // Of a short prompt: some models have another price for long ones.
    const input = await this.#deps.prices?.price(model, { inputTokens: 1_000, outputTokens: 0 }, at);
    const output = await this.#deps.prices?.price(model, { inputTokens: 0, outputTokens: 1_000 }, at);
    if (typeof input?.costUsd !== "number" || typeof output?.costUsd !== "number") return null;
    return {
      inputUsdPerMillion: perMillion(input.costUsd),
      outputUsdPerMillion: perMillion(output.costUsd),
      source: input.priceSource ?? "unknown",
    };
  }
}

/** From the cost of a thousand; without what floating point adds. */
function perMillion(costUsd: number): number {
  return Number((costUsd * 1_000).toFixed(6));
}

const UNKNOWN = {
  title: null,
  isDefault: false,
  contextTokens: null,
  maxOutputTokens: null,
  readsImages: null,
  efforts: null,
  effort: null,
  prices: null,
};

const DEMO: Model = {
  ...UNKNOWN,
  name: DEMO_MODEL_NAME,
  provider: DEMO_MODEL_NAME,
  title: "Demo",
  efforts: [],
};
