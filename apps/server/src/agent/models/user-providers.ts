import { createHash } from "node:crypto";
import type { ProviderSetting } from "./provider-setting.ts";
import { type ConfiguredProvider, openProvider } from "./provider-table.ts";

/** Keys that users brought along. */
export interface ProviderKeys {
  find(userId: string, provider: string): Promise<string | null>;
  /** Names of the providers that a user has a key for. */
  providersOf(userId: string): Promise<string[]>;
}

/** Opened with a key; more are opened again. */
const MAX_OPEN = 200;

/** Providers with users' own keys in the place of the server's. A key goes where the server's would have gone, nowhere else. */
export class UserProviders {
  readonly #settings: readonly ProviderSetting[];
  readonly #keys: ProviderKeys;
  readonly #open = new Map<string, Promise<ConfiguredProvider>>();

  constructor(options: { settings: readonly ProviderSetting[]; keys: ProviderKeys }) {
    this.#settings = options.settings;
    this.#keys = options.keys;
  }

  /** Null: the user has no key for it. */
  async find(userId: string, provider: string): Promise<ConfiguredProvider | null> {
    const apiKey = await this.#keys.find(userId, provider);
    const setting = this.#settings.find(({ name }) => name === provider);
    if (apiKey === null || setting === undefined) return null;
    const id = `${provider} ${createHash("sha256").update(apiKey).digest("base64")}`;
    const known = this.#open.get(id);
    if (known !== undefined) return known;
    if (this.#open.size >= MAX_OPEN) this.#open.clear();
    const opened = openProvider(withKey(setting, apiKey));
    this.#open.set(id, opened);
    return opened;
  }

  providersOf(userId: string): Promise<string[]> {
    return this.#keys.providersOf(userId);
  }
}

/** Headers that are secret sign the server in: they are not for a user's account. */
function withKey(setting: ProviderSetting, apiKey: string): ProviderSetting {
  const isSecret = new Set(setting.secretHeaders);
  return {
    ...setting,
    apiKey,
    headers: Object.fromEntries(Object.entries(setting.headers).filter(([, value]) => !isSecret.has(value))),
    secretHeaders: [],
    setBy: { ...setting.setBy, key: `your own key (trunkline models key ${setting.name})` },
  };
}
