import type { NetworkRefusal } from "@trunkline/contract";
import { CommandProxy, ConnectionCount } from "./command-proxy.ts";
import { Gatekeeper, REASONS } from "./gatekeeper.ts";
import { covers, type HostRule } from "./host-rule.ts";
import { PROXY_LIMITS, type ProxyLimits } from "./limits.ts";
import type { CommandNetwork, Connect, NetworkMode, Networks } from "./port.ts";
import { PROXY_ENVIRONMENT, PROXY_PORT } from "./proxy-environment.ts";
import type { SessionHosts } from "./session-hosts.ts";

interface NetworksDeps {
  /** Hosts that people have allowed. */
  sessionHosts: Pick<SessionHosts, "rulesOf">;
  connect: Connect;
  mode: NetworkMode;
  /** Hosts that every session's commands may reach. */
  rules: readonly HostRule[];
  limits?: ProxyLimits;
}

/** Gives each command the network of its session. */
export function createNetworks({
  sessionHosts,
  connect,
  mode,
  rules,
  limits = PROXY_LIMITS,
}: NetworksDeps): Networks {
  const count = new ConnectionCount(limits.allConnections);

  return {
    modeOf: async () => mode,

    async open({ sessionId, ownerId, onRefused }) {
      if (mode !== "allowlist") return plainNetwork(mode);
      const isAllowed = async (host: string, port: number): Promise<boolean> => {
        const isCovered = (rule: HostRule): boolean => covers(rule, host, port);
        return rules.some(isCovered) || (await sessionHosts.rulesOf(ownerId, sessionId)).some(isCovered);
      };
      const gatekeeper = new Gatekeeper({ isAllowed, connect, onRefused, limits });
      const proxy = new CommandProxy(gatekeeper, count, limits);
      return {
        access: {
          port: PROXY_PORT,
          environment: PROXY_ENVIRONMENT,
          serve: (listener) => proxy.serve(listener),
        },
        note: () => noteOn([...gatekeeper.refusals.values()], proxy.budget.isSpent),
        [Symbol.asyncDispose]: () => proxy.close(),
      };
    },
  };
}

function plainNetwork(access: "on" | "off"): CommandNetwork {
  return { access, note: () => null, [Symbol.asyncDispose]: async () => undefined };
}

function noteOn(refusals: readonly NetworkRefusal[], isSpent: boolean): string | null {
  const notes = refusals.map(({ host, port, reason }) => `${host}:${port} was refused: ${REASONS[reason]}`);
  if (refusals.some(({ reason }) => reason === "not-allowed")) {
    notes.push("the user can allow a host for this session: ask them, then run the command again");
  }
  if (isSpent) notes.push("the command has used up what it may transfer");
  return notes.length === 0 ? null : notes.join("; ");
}
