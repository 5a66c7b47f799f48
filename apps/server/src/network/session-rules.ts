import type { Store } from "../store/port.ts";
import { parseKnownHosts } from "./host-list.ts";
import type { HostRule } from "./host-rule.ts";
import type { NetworkMode, SessionOfOwner } from "./port.ts";

export interface NetworkRule {
  mode: NetworkMode;
  /** Listed by the operator and the project. */
  listed: readonly HostRule[];
}

/** What the operator decides. */
export interface NetworkPolicy {
  /** Of sessions without a project. */
  mode: NetworkMode;
  /** Whatever a project says. */
  isOffForAll: boolean;
  listed: readonly HostRule[];
}

/** The rule for a session's commands, as its project has it now. */
export class SessionRules {
  readonly #projects: Store["projects"];
  readonly #projectIdOf: (session: SessionOfOwner) => Promise<string | null>;
  readonly #policy: NetworkPolicy;

  constructor(
    projects: Store["projects"],
    projectIdOf: (session: SessionOfOwner) => Promise<string | null>,
    policy: NetworkPolicy,
  ) {
    this.#projects = projects;
    this.#projectIdOf = projectIdOf;
    this.#policy = policy;
  }

  async ruleOf(session: SessionOfOwner): Promise<NetworkRule> {
    const { mode, isOffForAll, listed } = this.#policy;
    if (isOffForAll) return { mode: "off", listed };
    const projectId = await this.#projectIdOf(session);
    if (projectId === null) return { mode, listed };
    const project = await this.#projects.find(projectId);
    // Deleted, or no longer shared with the session's owner: nobody answers for it any more.
    if (project === undefined || (project.ownerId !== session.ownerId && !project.shared)) {
      return { mode: "off", listed };
    }
    return { mode: project.network, listed: [...listed, ...parseKnownHosts(project.allowedHosts)] };
  }
}
