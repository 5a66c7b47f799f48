import type { LanguageModelV4 } from "@ai-sdk/provider";
import type { ModelConfig } from "../../config.ts";

/** A provider that the configuration has what it takes for. */
export interface ConfiguredProvider {
  name: string;
  /** Null where the provider itself must be asked. */
  defaultModel: string | null;
  /** Never told to anyone but the provider. */
  apiKey: string;
  create(model: string): LanguageModelV4;
}

/** What a server takes that asks for no key. */
const NO_KEY = "none";

/**
 * The configured providers, the one that new tasks use by default first.
 *
 * Addresses are given here even where the SDKs have defaults: otherwise they read them from the environment. With
 * `OPENAI_BASE_URL` set, the key beside it belongs to that address and is never sent to OpenAI.
 *
 * An SDK is loaded where it is used: each takes 2 to 3 MB.
 */
export async function configuredProviders(config: ModelConfig): Promise<ConfiguredProvider[]> {
  const { openaiApiKey, openaiBaseUrl, anthropicApiKey, googleApiKey } = config;
  const providers: ConfiguredProvider[] = [];
  if (openaiBaseUrl !== undefined) {
    const apiKey = openaiApiKey ?? NO_KEY;
    const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
    const provider = createOpenAICompatible({
      name: "openai-compatible",
      baseURL: openaiBaseUrl.replace(/\/+$/, ""),
      apiKey,
      includeUsage: true,
    });
    providers.push({
      name: "openai-compatible",
      defaultModel: null,
      apiKey,
      create: (model) => provider.chatModel(model),
    });
  } else if (openaiApiKey !== undefined) {
    const { createOpenAI } = await import("@ai-sdk/openai");
    const provider = createOpenAI({
      apiKey: openaiApiKey,
      baseURL: "https://api.openai.com/v1",
    });
    providers.push({
      name: "openai",
      defaultModel: "gpt-5.5",
      apiKey: openaiApiKey,
      create: (model) => provider.responses(model),
    });
  }
  if (anthropicApiKey !== undefined) {
    const { createAnthropic } = await import("@ai-sdk/anthropic");
    const provider = createAnthropic({
      apiKey: anthropicApiKey,
      baseURL: "https://api.anthropic.com/v1",
    });
    providers.push({
      name: "anthropic",
      defaultModel: "claude-sonnet-5",
      apiKey: anthropicApiKey,
      create: (model) => provider.languageModel(model),
    });
  }
  if (googleApiKey !== undefined) {
    const baseURL = "https://generativelanguage.googleapis.com/v1beta";
    const { createGoogle } = await import("@ai-sdk/google");
    const provider = createGoogle({ apiKey: googleApiKey, baseURL });
    providers.push({
      name: "google",
      defaultModel: "gemini-3.5-flash",
      apiKey: googleApiKey,
      create: (model) => provider.languageModel(model),
    });
  }
  return providers;
}
