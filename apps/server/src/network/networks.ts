import { CommandProxy, ConnectionCount } from "./command-proxy.ts";
import { Gatekeeper, REASONS } from "./gatekeeper.ts";
import { parseKnownHosts } from "./host-list.ts";
import { covers, formatHostRule, type HostRule, parseHostRule } from "./host-rule.ts";
import { PROXY_LIMITS, type ProxyLimits } from "./limits.ts";
import type { CommandNetwork, Connect, Networks } from "./port.ts";
import { PROXY_ENVIRONMENT, PROXY_PORT } from "./proxy-environment.ts";
import type { SessionHosts } from "./session-hosts.ts";
import type { SessionRules } from "./session-rules.ts";

interface NetworksDeps {
  rules: Pick<SessionRules, "ruleOf">;
  /** Hosts that people have allowed. */
  sessionHosts: Pick<SessionHosts, "rulesOf">;
  connect: Connect;
  /** Why commands run without a sandbox, which nobody filters; null: they run in one. */
  unfiltered: string | null;
  limits?: ProxyLimits;
  /** Absent: its own. */
  count?: ConnectionCount;
}

/** Gives each command the network of its session. */
export function createNetworks(deps: NetworksDeps): Networks {
  const { rules, sessionHosts, connect, unfiltered, limits = PROXY_LIMITS } = deps;
  const { count = new ConnectionCount(limits.allConnections) } = deps;

  return {
    modeOf: async (session) => (await rules.ruleOf(session)).mode,

    normalize(host) {
      const rule = parseHostRule(host);
      return rule === null ? null : formatHostRule(rule);
    },

    async describe(session) {
      const { mode, listed } = await rules.ruleOf(session);
      const isListed = mode === "allowlist";
      return {
        mode,
        unfiltered,
        hosts: isListed ? listed.map(formatHostRule) : [],
        allowed: (await sessionHosts.rulesOf(session)).map(formatHostRule),
      };
    },

    async open({ onRefused, service, ...session }) {
      const { mode, listed } = await rules.ruleOf(session);
      const isOff = mode === "off" && service === undefined;
      if (mode === "on" || isOff) return plainNetwork(mode);
      if (unfiltered !== null) return plainNetwork("on");
      const own = parseKnownHosts(service?.hosts ?? []);
      const isAllowed = async (host: string, port: number): Promise<boolean> => {
        const isCovered = (rule: HostRule): boolean => covers(rule, host, port);
        if (own.some(isCovered)) return true;
        if (mode === "off") return false;
        // The session's are read each time: somebody may allow a host while the command runs.
        return listed.some(isCovered) || (await sessionHosts.rulesOf(session)).some(isCovered);
      };
      const gatekeeper = new Gatekeeper({ isAllowed, connect, onRefused, limits });
      const { ownerId } = session;
      const proxy = new CommandProxy({ ownerId, gatekeeper, count, limits, answerItself: service?.handle });
      return {
        access: {
          port: PROXY_PORT,
          environment: PROXY_ENVIRONMENT,
          serve: (listener) => proxy.serve(listener),
        },
        note: () => noteOn(gatekeeper, proxy.budget.isSpent),
        [Symbol.asyncDispose]: () => proxy.close(),
      };
    },
  };
}

function plainNetwork(access: "on" | "off"): CommandNetwork {
  return { access, note: () => null, [Symbol.asyncDispose]: async () => undefined };
}

/** Clients often say no more than the status. */
function noteOn({ refusals, failures }: Gatekeeper, isSpent: boolean): string | null {
  const refused = [...refusals.values()];
  const notes = [
    ...refused.map(({ host, port, reason }) => `${host}:${port} was refused: ${REASONS[reason]}`),
    ...Array.from(failures, ([destination, why]) => `${destination} cannot be reached: ${why}`),
  ];
  if (refused.some(({ reason }) => reason === "not-allowed")) {
    notes.push("the user can allow a host for this session: ask them, then run the command again");
  }
  if (isSpent) notes.push("the command has used up what it may transfer");
  return notes.length === 0 ? null : notes.join("; ");
}
