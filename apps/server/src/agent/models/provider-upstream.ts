import { basicToken } from "./provider-address.ts";
import { addressOfProvider } from "./provider-table.ts";
import type { ProviderSetting } from "./provider-setting.ts";

/** Where requests to a provider go, and what gets them in. */
export interface Upstream {
  kind: ProviderSetting["kind"];
  /** With the API's version, without a trailing slash. */
  base: string;
  query: string;
  /** With the key. */
  headers: Readonly<Record<string, string>>;
}

/** @throws SettingError for an invalid address. */
export function upstreamOf(setting: ProviderSetting): Upstream {
  const { kind, apiKey, headers } = setting;
  const { base, query, credentials } = addressOfProvider(setting);
  const key: Record<string, string> = apiKey === undefined ? {} : keyHeader(kind, apiKey);
  const basic: Record<string, string> =
    credentials === null ? {} : { authorization: `Basic ${basicToken(credentials)}` };
  return { kind, base, query, headers: { ...key, ...basic, ...headers } };
}

function keyHeader(kind: ProviderSetting["kind"], apiKey: string): Record<string, string> {
  if (kind === "anthropic") return { "x-api-key": apiKey };
  if (kind === "google") return { "x-goog-api-key": apiKey };
  return { authorization: `Bearer ${apiKey}` };
}
