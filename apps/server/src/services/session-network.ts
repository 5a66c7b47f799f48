import { type NetworkService, type Principal, TrunklineError } from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import type { Config } from "../config/config.ts";
import type { Log } from "../log/port.ts";
import type { Networks } from "../network/port.ts";
import type { Store } from "../store/port.ts";
import { requireSession, unlessGone } from "./ownership.ts";

/** Hosts that people may allow in one session. */
const MAX_ALLOWED = 200;

export function createNetworkService(deps: {
  store: Store;
  log: Log;
  audit: Audit;
  networks: Networks;
  /** Who may allow hosts. */
  allowing: Config["network"]["allowing"];
}): NetworkService {
  const { store, log, audit, networks, allowing } = deps;

  const ofSession = async ({ userId: ownerId }: Principal, sessionId: string) =>
    networks.describe({ sessionId, ownerId });

  return {
    async ofSession(principal, { sessionId }) {
      await requireSession(store, principal, sessionId);
      return ofSession(principal, sessionId);
    },

    async allowHost(principal, { sessionId, host: given }) {
      await requireSession(store, principal, sessionId);
      if (allowing === "admins" && !principal.scopes.includes("admin")) {
        throw new TrunklineError(
          "forbidden",
          "On this server only an admin allows hosts (TRUNKLINE_NETWORK_ALLOWING)",
        );
      }
      const host = networks.normalize(given);
      if (host === null) {
        throw new TrunklineError(
          "validation_failed",
          `'${given}' is no host: write a name, such as registry.example.com, *.example.com or git.example.com:8443. ` +
            "Addresses can't be allowed",
        );
      }
      const network = await ofSession(principal, sessionId);
      if (network.mode !== "allowlist") {
        throw new TrunklineError(
          "validation_failed",
          `The network of this session's commands is '${network.mode}': only with 'allowlist' can hosts be allowed, ` +
            "by the project's setting or TRUNKLINE_NETWORK",
        );
      }
      if (network.allowed.includes(host)) return network;
      if (network.allowed.length >= MAX_ALLOWED) {
        throw new TrunklineError("validation_failed", `A session can have ${MAX_ALLOWED} hosts allowed`);
      }
      const action = { by: principal, action: "session.allowHost", target: sessionId, detail: host } as const;
      const event = { taskId: null, type: "network.allowed", data: { host, by: principal.name } } as const;
      try {
        await log.append(sessionId, [event], {
          expect: { ownerId: principal.userId },
          audit: audit.entry({ ...action, decision: "allowed" }),
        });
      } catch (error) {
        throw unlessGone(error, sessionId);
      }
      return ofSession(principal, sessionId);
    },
  };
}
