import type { ModelConfig } from "../../config/config.ts";
import type { ConfigFile } from "../../config-file/port.ts";
import type { NamedProvider } from "../../config-file/sections/providers.ts";

/** A provider as the operator set it, by variables or in trunkline.config.json. */
export interface ProviderSetting {
  name: string;
  kind: NamedProvider["kind"];
  /** Absent: the kind's own. */
  baseUrl: string | undefined;
  apiKey: string | undefined;
  headers: Readonly<Record<string, string>>;
  /** Values of headers that are secret. */
  secretHeaders: readonly string[];
  quirks: NonNullable<NamedProvider["quirks"]>;
  /** Absent: the kind's own, or whatever the server lists first. */
  defaultModel: string | undefined;
  /** Where address and key are set, for messages. */
  setBy: { address: string; key: string };
}

/** An invalid setting; its message says where it is. */
export class SettingError extends Error {
  override readonly name = "SettingError";
}

/**
 * The configured providers, starting with the default for new tasks: those of the environment, then the named ones.
 * With `OPENAI_BASE_URL`, the key belongs to that address and is never sent to OpenAI.
 * @throws SettingError if two have the same name.
 */
export function providerSettings(
  config: ModelConfig,
  file: Pick<ConfigFile, "sections" | "valueOf">,
): ProviderSetting[] {
  const named = Object.entries(file.sections.providers ?? {}).map(([name, provider]) =>
    namedSetting(name, provider, file),
  );
  const ofEnvironment = environmentSettings(config);
  const twice = ofEnvironment.find(({ name }) => named.some((other) => other.name === name));
  if (twice !== undefined) {
    throw new SettingError(
      `providers.${twice.name} in trunkline.config.json: ${twice.setBy.key} sets up a provider of that name. Unset it, or choose another name`,
    );
  }
  return [...ofEnvironment, ...named];
}

function environmentSettings(config: ModelConfig): ProviderSetting[] {
  const { openaiBaseUrl, openaiApiKey, anthropicApiKey, googleApiKey } = config;
  const plain = { headers: {}, secretHeaders: [], quirks: [], defaultModel: undefined };
  const settings: ProviderSetting[] = [];
  if (openaiBaseUrl !== undefined) {
    settings.push({
      ...plain,
      name: "openai-compatible",
      kind: "openai-compatible",
      baseUrl: openaiBaseUrl,
      apiKey: openaiApiKey,
      setBy: { address: "OPENAI_BASE_URL", key: "OPENAI_API_KEY" },
    });
  } else if (openaiApiKey !== undefined) {
    settings.push({
      ...plain,
      name: "openai",
      kind: "openai",
      baseUrl: config.openaiResponsesBaseUrl,
      apiKey: openaiApiKey,
      setBy: { address: "OPENAI_RESPONSES_BASE_URL", key: "OPENAI_API_KEY" },
    });
  }
  if (anthropicApiKey !== undefined) {
    settings.push({
      ...plain,
      name: "anthropic",
      kind: "anthropic",
      baseUrl: config.anthropicBaseUrl,
      apiKey: anthropicApiKey,
      setBy: { address: "ANTHROPIC_BASE_URL", key: "ANTHROPIC_API_KEY" },
    });
  }
  if (googleApiKey !== undefined) {
    settings.push({
      ...plain,
      name: "google",
      kind: "google",
      baseUrl: config.googleBaseUrl,
      apiKey: googleApiKey,
      setBy: { address: "GOOGLE_GENERATIVE_AI_BASE_URL", key: "GOOGLE_GENERATIVE_AI_API_KEY" },
    });
  }
  return settings;
}

function namedSetting(
  name: string,
  provider: NamedProvider,
  file: Pick<ConfigFile, "sections" | "valueOf">,
): ProviderSetting {
  const { kind, baseUrl, keyVariable, headers = {}, quirks = [], defaultModel } = provider;
  const at = `providers.${name}.baseUrl in trunkline.config.json`;
  if (kind === "openai-compatible" && baseUrl === undefined) {
    throw new SettingError(`${at} is missing: an openai-compatible provider needs its address`);
  }
  if (kind !== "openai-compatible" && quirks.length > 0) {
    throw new SettingError(
      `providers.${name}.quirks in trunkline.config.json: only openai-compatible has them`,
    );
  }
  const values = Object.entries(headers).map(([header, value]) => {
    const isSecret = typeof value !== "string";
    return { header: header.toLowerCase(), value: isSecret ? file.valueOf(value.variable) : value, isSecret };
  });
  return {
    name,
    kind,
    baseUrl,
    apiKey: keyVariable === undefined ? undefined : file.valueOf(keyVariable),
    headers: Object.fromEntries(values.map(({ header, value }) => [header, value])),
    secretHeaders: values.filter(({ isSecret }) => isSecret).map(({ value }) => value),
    quirks,
    defaultModel,
    setBy: { address: at, key: keyVariable ?? `providers.${name}.keyVariable in trunkline.config.json` },
  };
}
