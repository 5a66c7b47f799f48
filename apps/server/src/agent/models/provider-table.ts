import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogle } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
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
 */
export function configuredProviders(config: ModelConfig): ConfiguredProvider[] {
  const { openaiApiKey, openaiBaseUrl, anthropicApiKey, googleApiKey } = config;
  const providers: ConfiguredProvider[] = [];
  if (openaiBaseUrl !== undefined) {
    const apiKey = openaiApiKey ?? NO_KEY;
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
