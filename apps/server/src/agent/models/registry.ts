import { TrunklineError } from "@trunkline/contract";
import type { ModelConfig } from "../../config.ts";
import type { ModelRegistry, ResolvedModel } from "../port.ts";
import { createDemoModel, DEMO_MODEL_NAME } from "./demo/demo-model.ts";
import { firstListedModel } from "./listed-model.ts";
import { type ConfiguredProvider, configuredProviders } from "./provider-table.ts";

/**
 * The models that the configuration gives access to, and the one for tasks that name none: `TRUNKLINE_MODEL`, else the
 * first provider with a key, else the demo model. An OpenAI-compatible server is asked for its models then, for 2 s.
 * @throws TrunklineError `model_unknown` where the default cannot be settled; the message says what to set.
 */
export async function createModelRegistry(config: ModelConfig): Promise<ModelRegistry> {
  const providers = await configuredProviders(config);
  // Making one takes longer than starting a task does otherwise: an SDK builds its schemas anew for each.
  const made = new Map<string, ResolvedModel>([
    [DEMO_MODEL_NAME, { name: DEMO_MODEL_NAME, model: createDemoModel() }],
  ]);

  const make = (name: string): ResolvedModel => {
    const colon = name.indexOf(":");
    const provider = providers.find((candidate) => candidate.name === name.slice(0, Math.max(0, colon)));
    const model = name.slice(colon + 1);
    if (provider === undefined || model === "") throw unknownModel(name, providers);
    return { name, model: provider.create(model), redact: redactor(provider.apiKey) };
  };
  const resolve = (name: string): ResolvedModel => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const model = make(name);
    // Callers may name whatever they like.
    if (made.size < MAX_MODELS_KEPT) made.set(name, model);
    return model;
  };

  const defaultModel = config.model ?? (await chooseDefault(config, providers));
  resolve(defaultModel);
  const ofProviders = providers.flatMap((provider) =>
    provider.defaultModel === null ? [] : [`${provider.name}:${provider.defaultModel}`],
  );
  return { defaultModel, names: [...new Set([defaultModel, ...ofProviders, DEMO_MODEL_NAME])], resolve };
}

const MAX_MODELS_KEPT = 100;

async function chooseDefault(config: ModelConfig, providers: readonly ConfiguredProvider[]): Promise<string> {
  const [first] = providers;
  if (first === undefined) return DEMO_MODEL_NAME;
  if (first.defaultModel !== null) return `${first.name}:${first.defaultModel}`;
  const listed = await firstListedModel(config.openaiBaseUrl ?? "", config.openaiApiKey);
  if (listed !== null) return `${first.name}:${listed}`;
  throw new TrunklineError(
    "model_unknown",
    `The server at OPENAI_BASE_URL does not list its models. Start it, or name one: TRUNKLINE_MODEL=${first.name}:<model>`,
  );
}

function unknownModel(name: string, providers: readonly ConfiguredProvider[]): TrunklineError {
  const forms = [...providers.map((provider) => `${provider.name}:<model>`), DEMO_MODEL_NAME];
  return new TrunklineError(
    "model_unknown",
    `No model '${name}' here. A model is named ${forms.join(" or ")}; more providers come with their keys: ` +
      "OPENAI_API_KEY, ANTHROPIC_API_KEY, GOOGLE_GENERATIVE_AI_API_KEY, or OPENAI_BASE_URL",
  );
}

/** A word that short is no secret, and would blot out half of every message. */
const MIN_SECRET_LENGTH = 8;

function redactor(secret: string): (text: string) => string {
  if (secret.length < MIN_SECRET_LENGTH) return (text) => text;
  return (text) => text.replaceAll(secret, "[redacted]");
}
