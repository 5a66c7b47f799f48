import type { Config } from "../config/config.ts";
import { parseHostList } from "../network/host-list.ts";
import { createNetworks } from "../network/networks.ts";
import type { Networks } from "../network/port.ts";
import { publicWeb } from "../network/public-web.ts";
import { SessionHosts } from "../network/session-hosts.ts";
import type { ProjectIdOf } from "../projects/project-ids.ts";
import { SessionRules } from "../network/session-rules.ts";
import type { Store } from "../store/port.ts";
import type { SandboxChoice } from "../tools/sandbox/open-sandbox.ts";

/** @throws Error if the network that is set needs a sandbox, and there is none. */
export async function openNetworks(
  { network }: Config,
  store: Store,
  projectIdOf: ProjectIdOf,
  sandbox: SandboxChoice,
): Promise<Networks> {
  const { active, reason } = await sandbox.state();
  if (network.mode === "allowlist" && !active) {
    throw new Error(
      `TRUNKLINE_NETWORK is 'allowlist', which needs the sandbox, and there is none: ${reason ?? "reason unknown"}. ` +
        "Fix that (docs/sandbox.md), or set it to 'on' or 'off'",
    );
  }
  const { mode, isOffForAll, hosts } = network;
  return createNetworks({
    rules: new SessionRules(store.projects, projectIdOf, { mode, isOffForAll, listed: parseHostList(hosts) }),
    sessionHosts: new SessionHosts(store),
    connect: publicWeb,
    unfiltered: active ? null : `commands run without a sandbox: ${reason ?? "reason unknown"}`,
  });
}
