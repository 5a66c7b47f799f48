import { TrunklineError } from "@trunkline/contract";
import type { Catalogue } from "../../catalogue/port.ts";
import type { ModelConfig } from "../../config/config.ts";
import type { ConfigFile } from "../../config-file/port.ts";
import type { ModelLists, ModelRegistry, ResolvedModel } from "../port.ts";
import type { Prices } from "../../usage/port.ts";
import { AwaitedDefault, type Notes } from "./awaited-default.ts";
import { createDemoModel, DEMO_MODEL_NAME } from "./demo/demo-model.ts";
import { ModelListing } from "./model-listing.ts";
import { ModelSettings } from "./model-settings.ts";
import { providerSettings, SettingError } from "./provider-setting.ts";
import { type ConfiguredProvider, openProvider } from "./provider-table.ts";
import { createSecretRedactor } from "./secret-redactor.ts";
import { type ProviderKeys, UserProviders } from "./user-providers.ts";

const MAX_MODELS_KEPT = 100;

export interface Models extends ModelRegistry, ModelLists {
  /** Stops looking for servers that were down at the start. */
  stop(): void;
}

export interface RegistryOptions extends Notes {
  /** Absent: there are no providers beside those of the environment, and no fallbacks. */
  file?: Pick<ConfigFile, "sections" | "valueOf">;
  /** Absent: nothing is known of any model. */
  catalogue?: Catalogue;
  /** Absent: no price is known. */
  prices?: Prices;
  /** Users' own keys. Absent: there are none. */
  keys?: ProviderKeys;
  /** Ms since the epoch. */
  now?: () => number;
}

const NOTHING_KNOWN: Catalogue = { source: "none", date: "1970-01-01", find: () => null, idsOf: () => [] };

/**
 * The available models and the default: `TRUNKLINE_MODEL`, else the first provider's, else the demo model. An
 * OpenAI-compatible server is asked for its models; while it is down it is asked again, and tasks that need it fail
 * like those of an unreachable provider.
 * @throws TrunklineError `model_unknown` if the default has no provider, SettingError; the message says what to set.
 */
export async function createModelRegistry(
  config: ModelConfig,
  {
    file = { sections: {}, valueOf: () => "" },
    catalogue = NOTHING_KNOWN,
    prices,
    keys,
    now = Date.now,
    ...notes
  }: RegistryOptions = {},
): Promise<Models> {
  const { patience, maxOutputTokens } = config;
  const settings = providerSettings(config, file);
  const providers = await Promise.all(settings.map(openProvider));
  const ofUsers = keys && new UserProviders({ settings, keys });
  const known = new ModelSettings(file.sections.models, catalogue);
  // Cached: creating a model is slow, because an SDK builds its schemas for each.
  const made = new Map<string, ResolvedModel>([
    [DEMO_MODEL_NAME, { name: DEMO_MODEL_NAME, model: createDemoModel(), patience }],
  ]);

  const make = (name: string, provider: ConfiguredProvider, model: string): ResolvedModel => {
    const { contextTokens, efforts, effort, readsImages, askedOutputTokens } = known.find(provider, model);
    const limit = askedOutputTokens ?? maxOutputTokens;
    return {
      name,
      model: provider.create(model, { efforts, maxOutputTokens: limit }),
      patience,
      contextTokens,
      maxOutputTokens: limit,
      efforts,
      effort,
      readsImages,
      pricing: { kind: provider.kind, address: provider.address.base },
      redact: createSecretRedactor(provider.secrets),
      provider: provider.shown,
    };
  };
  const parse = (name: string): { provider: ConfiguredProvider; model: string } => {
    const colon = name.indexOf(":");
    const provider = providers.find((candidate) => candidate.name === name.slice(0, Math.max(0, colon)));
    const model = name.slice(colon + 1);
    if (provider === undefined || model === "") throw unknownModel(name, providers);
    return { provider, model };
  };
  const resolve = (name: string): ResolvedModel => {
    if (awaited !== null && name === awaited.pendingName) return awaited.resolved;
    const former = made.get(name);
    if (former !== undefined) return former;
    const { provider, model } = parse(name);
    const resolved = make(name, provider, model);
    // Callers may use any name, so bound the cache.
    if (made.size < MAX_MODELS_KEPT) made.set(name, resolved);
    return resolved;
  };

  const [first] = providers;
  const awaited =
    config.model === undefined && first !== undefined && first.defaultModel === null
      ? new AwaitedDefault({ provider: first, patience, make: resolve, notes })
      : null;
  await awaited?.start();
  const settled =
    config.model ?? (first === undefined ? DEMO_MODEL_NAME : `${first.name}:${first.defaultModel}`);
  const defaultModel = (): string => awaited?.resolved.name ?? settled;
  resolve(defaultModel());
  const fallbacks = file.sections.fallbacks ?? [];
  for (const name of fallbacks) if (name !== DEMO_MODEL_NAME) checkFallback(name, parse);
  const ofProviders = providers.flatMap((provider) =>
    provider.defaultModel === null ? [] : [`${provider.name}:${provider.defaultModel}`],
  );
  const listing = new ModelListing({ known, prices, now });

  const forUser = async (name: string, userId: string): Promise<ResolvedModel> => {
    const resolved = resolve(name);
    const isUnnamed = name === awaited?.pendingName && resolved.name === name;
    if (ofUsers === undefined || name === DEMO_MODEL_NAME || isUnnamed) return resolved;
    const { provider, model } = parse(resolved.name);
    const own = await ofUsers.find(userId, provider.name);
    return own === null ? resolved : make(resolved.name, own, model);
  };
  return {
    get defaultModel() {
      return defaultModel();
    },
    get names() {
      return [...new Set([defaultModel(), ...ofProviders, DEMO_MODEL_NAME])];
    },
    resolve,
    forUser,
    async fallback(tried, userId) {
      const next = fallbacks.find((name) => !tried.has(name));
      return next === undefined ? null : forUser(next, userId);
    },
    async list(userId) {
      const own = (await ofUsers?.providersOf(userId)) ?? [];
      const found = await listing.list(providers, { defaultModel: defaultModel(), own });
      const { source, date } = catalogue;
      return { ...found, fallbacks: [...fallbacks], catalogue: { source, date } };
    },
    stop: () => awaited?.stop(),
  };
}

/** @throws SettingError */
function checkFallback(name: string, parse: (name: string) => unknown): void {
  try {
    parse(name);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SettingError(`fallbacks in trunkline.config.json: ${message}`);
  }
}

function unknownModel(name: string, providers: readonly ConfiguredProvider[]): TrunklineError {
  const forms = [...providers.map((provider) => `${provider.name}:<model>`), DEMO_MODEL_NAME];
  return new TrunklineError(
    "model_unknown",
    `No model '${name}' here. A model is named ${forms.join(" or ")}; more providers come with their keys: ` +
      "OPENAI_API_KEY, ANTHROPIC_API_KEY, GOOGLE_GENERATIVE_AI_API_KEY, OPENAI_BASE_URL, or providers in trunkline.config.json",
  );
}
