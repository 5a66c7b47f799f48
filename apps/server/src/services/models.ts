import { type ModelProvider, type ModelService, type Principal, TrunklineError } from "@trunkline/contract";
import type { KeyRing, ModelLists } from "../agent/port.ts";
import type { Audit } from "../audit/port.ts";
import type { ProviderKeyStore } from "../store/port.ts";

export function createModelService(deps: {
  models: ModelLists;
  keyRing: KeyRing;
  store: { providerKeys: ProviderKeyStore };
  audit: Audit;
  now: () => number;
}): ModelService {
  const { models, keyRing, audit, now } = deps;
  const { providerKeys } = deps.store;
  const entry = (by: Principal, action: string, target: string) =>
    audit.entry({ by, action, target, decision: "allowed" });

  async function requireProvider({ userId }: Principal, name: string): Promise<ModelProvider> {
    const { providers } = await models.list(userId);
    const provider = providers.find((candidate) => candidate.name === name);
    if (provider !== undefined) return provider;
    const names = providers.map((candidate) => candidate.name).join(", ") || "none";
    throw new TrunklineError("not_found", `No provider '${name}' is configured here. There are: ${names}`);
  }

  return {
    list: async ({ userId }) => models.list(userId),

    async setKey(principal, { provider, key }) {
      await requireProvider(principal, provider);
      const { userId } = principal;
      const sealed = await keyRing.seal(userId, provider, key);
      await providerKeys.put(
        { userId, provider, sealed, updatedAt: now() },
        entry(principal, "model.setKey", provider),
      );
      return requireProvider(principal, provider);
    },

    async removeKey(principal, { provider }) {
      const known = (await providerKeys.providersOf(principal.userId)).includes(provider);
      // One that is configured no more may still have a key.
      if (!known) return requireProvider(principal, provider);
      const before = await requireProvider(principal, provider).catch(() => null);
      await providerKeys.remove(principal.userId, provider, entry(principal, "model.removeKey", provider));
      if (before === null) return { name: provider, kind: "unknown", key: "none", isReachable: null };
      return requireProvider(principal, provider);
    },
  };
}
