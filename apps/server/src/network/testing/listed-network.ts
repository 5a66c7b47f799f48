import type { NetworkRefusal } from "@trunkline/contract";
import { connectBy, type Route } from "../connect.ts";
import { parseHostList } from "../host-list.ts";
import { createNetworks } from "../networks.ts";
import type { Networks } from "../port.ts";

/** The network `allowlist`, with every name on loopback, where the stand-ins are. */
export function listedNetwork(hosts: readonly string[], route: Partial<Route> = {}): Networks {
  return createNetworks({
    rules: { ruleOf: async () => ({ mode: "allowlist", listed: parseHostList(hosts) }) },
    unfiltered: null,
    sessionHosts: { rulesOf: async () => [] },
    connect: connectBy({
      policy: () => null,
      resolve: async () => [{ address: "127.0.0.1", family: 4 }],
      ...route,
    }),
  });
}

/** What `ToolContext.refused` was told. */
export function refusalLog(): { told: NetworkRefusal[]; refused: (refusal: NetworkRefusal) => void } {
  const told: NetworkRefusal[] = [];
  return { told, refused: (refusal) => void told.push(refusal) };
}
