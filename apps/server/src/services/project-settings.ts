import { type Principal, type Project, TrunklineError } from "@trunkline/contract";
import type { ProjectPolicy } from "../projects/port.ts";
import type { Store } from "../store/port.ts";

type Settings = { [K in "network" | "allowedHosts" | "environment" | "shared"]?: Project[K] | undefined };

/**
 * What a caller may set. On a server of several users the network is the operator's to open; for a single one the
 * operator is the user.
 * @param current absent for a new project; what stays as it is needs no right.
 * @throws TrunklineError `forbidden`, `validation_failed`
 */
export async function checkSettings(
  { store, policy, principal }: { store: Pick<Store, "users">; policy: ProjectPolicy; principal: Principal },
  { network, allowedHosts, environment = [], shared }: Settings,
  current?: Settings,
): Promise<void> {
  const isAdmin = principal.scopes.includes("admin");
  if (shared === true && current?.shared !== true && !isAdmin) {
    throw new TrunklineError("forbidden", "Only an admin may share a project with everybody on this server");
  }
  const opens =
    (network === "on" && current?.network !== "on") ||
    (allowedHosts ?? []).some((host) => current?.allowedHosts?.includes(host) !== true);
  if (opens && !isAdmin && (await store.users.areSeveral())) {
    throw new TrunklineError(
      "forbidden",
      "Several users share this server: only an admin may set the network 'on' or allow hosts besides package registries",
    );
  }
  const unknown = environment.filter(
    (name) => !Object.hasOwn(policy.environment, name) && current?.environment?.includes(name) !== true,
  );
  if (unknown.length > 0) {
    throw new TrunklineError(
      "validation_failed",
      `This server does not offer ${unknown.join(", ")}. Its operator can: set TRUNKLINE_PROJECT_ENVIRONMENT to the names`,
    );
  }
}
