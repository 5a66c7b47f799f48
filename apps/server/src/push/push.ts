import type { Push, PushAddress, PushVault, SendPush } from "./port.ts";
import type { PushDestinations } from "./push-destinations.ts";
import type { ServerKeys } from "./push-keys.ts";

/** How long a push service keeps a test, in ms: whoever asked for it is waiting. */
const TEST_LIFETIME_MS = 60_000;

export function createPush(deps: {
  destinations: PushDestinations;
  keys: ServerKeys;
  vault: PushVault;
  send: SendPush;
}): Push {
  const { destinations, keys, vault, send } = deps;
  return {
    publicKey: async () => (await keys.get()).publicKey,
    check: (endpoint) => destinations.check(endpoint),
    seal: async (endpointHash, address) => vault.seal(`push ${endpointHash}`, address),

    async test({ endpointHash, sealed }) {
      // What keeps it from being sent is told as an error; what the push service says, as an outcome.
      await keys.get();
      const address = await vault.open<PushAddress>(`push ${endpointHash}`, sealed);
      const message = { kind: "test", sessionId: null, title: "" } as const;
      const notification = { message, isUrgent: true, lifetimeMs: TEST_LIFETIME_MS };
      return send(address, notification, new AbortController().signal);
    },
  };
}
