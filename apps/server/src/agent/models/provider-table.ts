import type { FaultContext, Model, ModelLimits } from "../model.ts";
import { createChatModel } from "./chat/chat-model.ts";
import type { ChatTrait } from "./chat/chat-traits.ts";
import {
  addressOf,
  basicToken,
  parseProviderAddress,
  type ProviderAddress,
  secretsOfAddress,
} from "./provider-address.ts";
import { type ProviderSetting, SettingError } from "./provider-setting.ts";
import { type SdkKind, sdkModels } from "./sdk-provider.ts";

/** A configured provider. */
export interface ConfiguredProvider {
  name: string;
  kind: ProviderSetting["kind"];
  /** Whether a key, or something in its place, is sent. */
  hasKey: boolean;
  /** Null if the provider must be asked. */
  defaultModel: string | null;
  address: ProviderAddress;
  /** Sent with every request. */
  headers: Readonly<Record<string, string>>;
  /** Used in messages. */
  shown: NonNullable<FaultContext["provider"]>;
  /** Never sent to anyone but the provider. */
  secrets: readonly string[];
  create(model: string, limits: ModelLimits): Model;
}

/** Addresses are set explicitly even where the SDKs have defaults: otherwise they would read the environment. */
const SDK_DEFAULTS: Record<SdkKind, { address: string; path: string; model: string }> = {
  openai: { address: "https://api.openai.com/v1", path: "/v1", model: "gpt-5.5" },
  anthropic: { address: "https://api.anthropic.com/v1", path: "/v1", model: "claude-sonnet-5" },
  google: {
    address: "https://generativelanguage.googleapis.com/v1beta",
    path: "/v1beta",
    model: "gemini-3.5-flash",
  },
};

function defaultsOf(kind: ProviderSetting["kind"]) {
  return kind === "openai-compatible" ? undefined : SDK_DEFAULTS[kind];
}

/** @throws SettingError for an invalid address; the message says where it is set. */
export function addressOfProvider({ kind, baseUrl, setBy }: ProviderSetting): ProviderAddress {
  const defaults = defaultsOf(kind);
  return readAddress(setBy.address, baseUrl ?? defaults?.address ?? "", defaults?.path);
}

/** @throws SettingError for an invalid address or key; the message says where it is set. */
export async function openProvider(setting: ProviderSetting): Promise<ConfiguredProvider> {
  const { name, kind, apiKey, setBy } = setting;
  checkKey(setBy.key, apiKey);
  const defaults = defaultsOf(kind);
  const address = addressOfProvider(setting);
  const secrets = [...secretsOfAddress(address), ...setting.secretHeaders];
  if (apiKey !== undefined) secrets.push(apiKey);
  const common = {
    name,
    kind,
    hasKey: secrets.length > 0,
    address,
    shown: { address: address.base, addressVariable: setBy.address, keyVariable: setBy.key },
    secrets,
    defaultModel: setting.defaultModel ?? defaults?.model ?? null,
  };
  if (kind === "openai-compatible") {
    const headers = { ...bearer(apiKey), ...basic(address), ...setting.headers };
    const traits = new Set<ChatTrait>(setting.quirks);
    const server = { url: addressOf(address, "/chat/completions"), headers, traits };
    return { ...common, headers, create: (model, limits) => createChatModel(server, model, limits) };
  }
  const headers = { ...basic(address), ...setting.headers };
  const create = await sdkModels(kind, { apiKey, address, headers });
  return { ...common, headers, create };
}

function bearer(apiKey: string | undefined): Record<string, string> {
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
}

/** Credentials in the address and a key would need the same header; the address wins. */
function basic({ credentials }: ProviderAddress): Record<string, string> {
  return credentials === null ? {} : { authorization: `Basic ${basicToken(credentials)}` };
}

function readAddress(setBy: string, text: string, defaultPath?: string): ProviderAddress {
  try {
    return parseProviderAddress(text, defaultPath);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SettingError(`${setBy} ${message}`);
  }
}

/** RFC 9110, 5.5: what a header's value may hold. */
const HEADER_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

function checkKey(setBy: string, key: string | undefined): void {
  if (key === undefined || HEADER_VALUE.test(key)) return;
  throw new SettingError(`${setBy} contains a character that no key has, such as a line break`);
}
