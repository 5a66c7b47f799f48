import type { Model } from "../model.ts";
import { withCacheMarks } from "./cache-marks.ts";
import type { ProviderAddress } from "./provider-address.ts";
import { providerFetch } from "./provider-fetch.ts";
import type { ProviderSetting } from "./provider-setting.ts";
import { createSdkModel, type SdkModelOptions } from "./sdk-model.ts";

export type SdkKind = Exclude<ProviderSetting["kind"], "openai-compatible">;

interface SdkProviderOptions {
  apiKey: string | undefined;
  address: ProviderAddress;
  headers: Readonly<Record<string, string>>;
}

/** Models of a provider whose SDK we use. It is loaded on first use: each takes 2 to 3 MB. */
export async function sdkModels(
  kind: SdkKind,
  { apiKey, address, headers }: SdkProviderOptions,
): Promise<(model: string, limits: Pick<SdkModelOptions, "maxOutputTokens">) => Model> {
  // Without a key they would look into the environment.
  const settings = {
    apiKey: apiKey ?? "",
    baseURL: address.base,
    headers,
    fetch: fetchFor(apiKey, address, headers),
  };
  switch (kind) {
    case "openai": {
      const { createOpenAI } = await import("@ai-sdk/openai");
      const sdk = createOpenAI(settings);
      // Nothing is stored at OpenAI: encrypted reasoning is kept in the log and sent back from there.
      const stored = { providerOptions: { openai: { store: false } } };
      return (model, { maxOutputTokens }) =>
        createSdkModel(sdk.responses(model), { ...stored, maxOutputTokens });
    }
    case "anthropic": {
      const { createAnthropic } = await import("@ai-sdk/anthropic");
      const sdk = createAnthropic(settings);
      return (model, { maxOutputTokens }) =>
        createSdkModel(sdk.languageModel(model), { adapt: withCacheMarks, maxOutputTokens });
    }
    case "google": {
      const { createGoogle } = await import("@ai-sdk/google");
      const sdk = createGoogle(settings);
      return (model, { maxOutputTokens }) => createSdkModel(sdk.languageModel(model), { maxOutputTokens });
    }
  }
}

const KEY_HEADERS = ["authorization", "x-api-key", "x-goog-api-key"];

/** Keeps the address's query, and sends no empty key where a header of the operator's takes its place. */
function fetchFor(
  apiKey: string | undefined,
  { query }: ProviderAddress,
  headers: Readonly<Record<string, string>>,
): typeof fetch {
  if (apiKey !== undefined && query === "") return providerFetch;
  const empty = apiKey === undefined ? KEY_HEADERS.filter((name) => !(name in headers)) : [];
  return (input, init) => {
    const sent = new Headers(init?.headers);
    for (const name of empty) sent.delete(name);
    const url = input instanceof Request ? input.url : String(input);
    return providerFetch(`${url}${query}`, { ...init, headers: sent });
  };
}
