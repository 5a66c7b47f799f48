import type { Networks } from "../port.ts";

/** Gives every command the same network. */
export function fixedNetwork(mode: "on" | "off"): Networks {
  return {
    modeOf: async () => mode,
    describe: async () => ({ mode, unfiltered: null, hosts: [], allowed: [] }),
    normalize: (host) => host,
    open: async () => ({ access: mode, note: () => null, [Symbol.asyncDispose]: async () => undefined }),
  };
}
