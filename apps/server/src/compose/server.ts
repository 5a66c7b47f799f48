import type { Config } from "../config/config.ts";
import { createServerService } from "../services/server-info.ts";

type Described = Parameters<typeof createServerService>[0];

/** What the server says of itself. */
export function composeServerService({
  config,
  sandbox,
  host,
  ...of
}: Omit<Described, "sandbox" | "network" | "toolchains" | "concurrency" | "node"> & {
  config: Config;
  sandbox: { state: Described["sandbox"] };
  host: { programs: Described["toolchains"] };
}) {
  return createServerService({
    ...of,
    sandbox: sandbox.state,
    network: config.network.mode,
    toolchains: host.programs,
    concurrency: config.concurrency,
    node: config.node,
  });
}
