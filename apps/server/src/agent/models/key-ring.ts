import type { KeyRing } from "../port.ts";
import type { ProviderKeyStore } from "../../store/port.ts";
import type { ProviderKeys } from "./user-providers.ts";

/** Encrypts for the store. */
interface Vault {
  seal(belongsTo: string, secret: object): Promise<string>;
  open<Secret extends object>(belongsTo: string, sealed: string): Promise<Secret>;
}

/** Users' own keys, as they are stored: encrypted, each for its user and its provider alone. */
export function createKeyRing(
  store: Pick<ProviderKeyStore, "find" | "providersOf">,
  vault: Vault,
): KeyRing & ProviderKeys {
  const belongsTo = (userId: string, provider: string): string => `provider-key ${userId} ${provider}`;
  return {
    seal: async (userId, provider, key) => vault.seal(belongsTo(userId, provider), { key }),
    async find(userId, provider) {
      const sealed = await store.find(userId, provider);
      if (sealed === undefined) return null;
      return (await vault.open<{ key: string }>(belongsTo(userId, provider), sealed)).key;
    },
    providersOf: async (userId) => store.providersOf(userId),
  };
}
