import type { ModelConfig } from "../../config.ts";
import type { FaultContext, Model } from "../model.ts";
import { createChatModel } from "./chat/chat-model.ts";
import type { ChatTrait } from "./chat/chat-traits.ts";
import {
  addressOf,
  basicToken,
  parseProviderAddress,
  type ProviderAddress,
  secretsOfAddress,
} from "./provider-address.ts";
import { providerFetch } from "./provider-fetch.ts";
import { createSdkModel, type SdkModelOptions } from "./sdk-model.ts";

/** An invalid environment setting. */
class SettingError extends Error {
  override readonly name = "SettingError";
}

/** A configured provider. */
export interface ConfiguredProvider {
  name: string;
  /** Null if the provider must be asked. */
  defaultModel: string | null;
  address: ProviderAddress;
  /** Sent with every request. */
  headers: Readonly<Record<string, string>>;
  /** Used in messages. */
  shown: NonNullable<FaultContext["provider"]>;
  /** Never sent to anyone but the provider. */
  secrets: readonly string[];
  create(model: string): Model;
}

/**
 * The configured providers, starting with the default for new tasks.
 *
 * Addresses are set explicitly even where the SDKs have defaults: otherwise they would read the environment. With
 * `OPENAI_BASE_URL`, the key belongs to that address and is never sent to OpenAI.
 *
 * An SDK is loaded on first use: each takes 2 to 3 MB.
 *
 * @throws SettingError for an invalid address or key; the message names its variable.
 */
export async function configuredProviders(config: ModelConfig): Promise<ConfiguredProvider[]> {
  const { openaiApiKey, anthropicApiKey, googleApiKey, maxOutputTokens } = config;
  const providers: ConfiguredProvider[] = [];
  if (config.openaiBaseUrl !== undefined) {
    providers.push(chatProvider(config.openaiBaseUrl, openaiApiKey, maxOutputTokens));
  } else if (openaiApiKey !== undefined) {
    const provider = sdkProvider({
      name: "openai",
      defaultModel: "gpt-5.5",
      apiKey: openaiApiKey,
      address: config.openaiResponsesBaseUrl ?? "https://api.openai.com/v1",
      addressVariable: "OPENAI_RESPONSES_BASE_URL",
      defaultPath: "/v1",
      keyVariable: "OPENAI_API_KEY",
    });
    const { createOpenAI } = await import("@ai-sdk/openai");
    const sdk = createOpenAI(provider.settings);
    // Nothing is stored at OpenAI: encrypted reasoning is kept in the log and sent back from there.
    const options = { maxOutputTokens, providerOptions: { openai: { store: false } } };
    providers.push({ ...provider, create: (model) => createSdkModel(sdk.responses(model), options) });
  }
  const options: SdkModelOptions = { maxOutputTokens };
  if (anthropicApiKey !== undefined) {
    const provider = sdkProvider({
      name: "anthropic",
      defaultModel: "claude-sonnet-5",
      apiKey: anthropicApiKey,
      address: config.anthropicBaseUrl ?? "https://api.anthropic.com/v1",
      addressVariable: "ANTHROPIC_BASE_URL",
      defaultPath: "/v1",
      keyVariable: "ANTHROPIC_API_KEY",
    });
    const { createAnthropic } = await import("@ai-sdk/anthropic");
    const sdk = createAnthropic(provider.settings);
    providers.push({ ...provider, create: (model) => createSdkModel(sdk.languageModel(model), options) });
  }
  if (googleApiKey !== undefined) {
    const provider = sdkProvider({
      name: "google",
      defaultModel: "gemini-3.5-flash",
      apiKey: googleApiKey,
      address: config.googleBaseUrl ?? "https://generativelanguage.googleapis.com/v1beta",
      addressVariable: "GOOGLE_GENERATIVE_AI_BASE_URL",
      defaultPath: "/v1beta",
      keyVariable: "GOOGLE_GENERATIVE_AI_API_KEY",
    });
    const { createGoogle } = await import("@ai-sdk/google");
    const sdk = createGoogle(provider.settings);
    providers.push({ ...provider, create: (model) => createSdkModel(sdk.languageModel(model), options) });
  }
  return providers;
}

function chatProvider(
  text: string,
  apiKey: string | undefined,
  maxOutputTokens: number | undefined,
): ConfiguredProvider {
  checkKey("OPENAI_API_KEY", apiKey);
  const address = readAddress("OPENAI_BASE_URL", text);
  const headers = authorization(address, apiKey);
  const traits = new Set<ChatTrait>();
  const server = { url: addressOf(address, "/chat/completions"), headers, maxOutputTokens, traits };
  return {
    name: "openai-compatible",
    defaultModel: null,
    address,
    headers,
    shown: { address: address.base, addressVariable: "OPENAI_BASE_URL", keyVariable: "OPENAI_API_KEY" },
    secrets: [...secretsOfAddress(address), ...(apiKey === undefined ? [] : [apiKey])],
    create: (model) => createChatModel(server, model),
  };
}

/** Credentials in the address and a key would need the same header; the address wins. */
function authorization({ credentials }: ProviderAddress, apiKey: string | undefined): Record<string, string> {
  if (credentials !== null) return { authorization: `Basic ${basicToken(credentials)}` };
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
}

interface SdkProvider {
  name: string;
  defaultModel: string;
  apiKey: string;
  address: string;
  addressVariable: string;
  defaultPath: string;
  keyVariable: string;
}

function sdkProvider({ name, defaultModel, apiKey, address: text, defaultPath, ...variables }: SdkProvider) {
  checkKey(variables.keyVariable, apiKey);
  const address = readAddress(variables.addressVariable, text, defaultPath);
  const headers: Record<string, string> =
    address.credentials === null ? {} : { authorization: `Basic ${basicToken(address.credentials)}` };
  const withQuery: typeof fetch = (input, init) =>
    providerFetch(`${input instanceof Request ? input.url : String(input)}${address.query}`, init);
  return {
    name,
    defaultModel,
    address,
    headers,
    shown: { address: address.base, ...variables },
    secrets: [...secretsOfAddress(address), apiKey],
    settings: {
      apiKey,
      baseURL: address.base,
      headers,
      fetch: address.query === "" ? providerFetch : withQuery,
    },
  };
}

function readAddress(variable: string, text: string, defaultPath?: string): ProviderAddress {
  try {
    return parseProviderAddress(text, defaultPath);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SettingError(`${variable} ${message}`);
  }
}

/** RFC 9110, 5.5: what a header's value may hold. */
const HEADER_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

function checkKey(variable: string, key: string | undefined): void {
  if (key === undefined || HEADER_VALUE.test(key)) return;
  throw new SettingError(`${variable} contains a character that no key has, such as a line break`);
}
