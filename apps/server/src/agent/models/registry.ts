import { TrunklineError } from "@trunkline/contract";
import type { ModelConfig } from "../../config.ts";
import type { ModelProbe, ModelRegistry, ResolvedModel } from "../port.ts";
import { createDemoModel, DEMO_MODEL_NAME } from "./demo/demo-model.ts";
import { AwaitedDefault, type Notes } from "./awaited-default.ts";
import { probeModel } from "./probe.ts";
import { type ConfiguredProvider, configuredProviders } from "./provider-table.ts";
import { createSecretRedactor } from "./secret-redactor.ts";

const MAX_MODELS_KEPT = 100;

export interface Models extends ModelRegistry, ModelProbe {
  /** Stops looking for servers that were down at the start. */
  stop(): void;
}

/**
 * The available models and the default: `TRUNKLINE_MODEL`, else the first provider with a key, else the demo model. An
 * OpenAI-compatible server is asked for its models; while it is down it is asked again, and tasks that need it fail
 * like those of an unreachable provider.
 * @throws TrunklineError `model_unknown` if the default has no provider, SettingError; the message says what to set.
 */
export async function createModelRegistry(config: ModelConfig, notes: Notes = {}): Promise<Models> {
  const providers = await configuredProviders(config);
  const { patience } = config;
  // Cached: creating a model is slow, because an SDK builds its schemas for each.
  const made = new Map<string, ResolvedModel>([
    [DEMO_MODEL_NAME, { name: DEMO_MODEL_NAME, model: createDemoModel(), patience }],
  ]);

  const make = (name: string): ResolvedModel => {
    const colon = name.indexOf(":");
    const provider = providers.find((candidate) => candidate.name === name.slice(0, Math.max(0, colon)));
    const model = name.slice(colon + 1);
    if (provider === undefined || model === "") throw unknownModel(name, providers);
    const redact = createSecretRedactor(provider.secrets);
    return { name, model: provider.create(model), patience, redact, provider: provider.shown };
  };
  const resolve = (name: string): ResolvedModel => {
    if (awaited !== null && name === awaited.pendingName) return awaited.resolved;
    const known = made.get(name);
    if (known !== undefined) return known;
    const model = make(name);
    // Callers may use any name, so bound the cache.
    if (made.size < MAX_MODELS_KEPT) made.set(name, model);
    return model;
  };

  const [first] = providers;
  const awaited =
    config.model === undefined && first !== undefined && first.defaultModel === null
      ? new AwaitedDefault({ provider: first, patience, make, notes })
      : null;
  await awaited?.start();
  const settled =
    config.model ?? (first === undefined ? DEMO_MODEL_NAME : `${first.name}:${first.defaultModel}`);
  const defaultModel = (): string => awaited?.resolved.name ?? settled;
  resolve(defaultModel());
  const ofProviders = providers.flatMap((provider) =>
    provider.defaultModel === null ? [] : [`${provider.name}:${provider.defaultModel}`],
  );
  return {
    get defaultModel() {
      return defaultModel();
    },
    get names() {
      return [...new Set([defaultModel(), ...ofProviders, DEMO_MODEL_NAME])];
    },
    resolve,
    probe: async (name) => probeModel(resolve(name)),
    stop: () => awaited?.stop(),
  };
}

function unknownModel(name: string, providers: readonly ConfiguredProvider[]): TrunklineError {
  const forms = [...providers.map((provider) => `${provider.name}:<model>`), DEMO_MODEL_NAME];
  return new TrunklineError(
    "model_unknown",
    `No model '${name}' here. A model is named ${forms.join(" or ")}; more providers come with their keys: ` +
      "OPENAI_API_KEY, ANTHROPIC_API_KEY, GOOGLE_GENERATIVE_AI_API_KEY, or OPENAI_BASE_URL",
  );
}
