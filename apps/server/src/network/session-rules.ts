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

/** Sessions whose project is remembered: it never changes. */
const MAX_SESSIONS = 10_000;

/** The rule for a session's commands, as its project has it now. */
export class SessionRules {
  readonly #store: Pick<Store, "sessions" | "projects">;
  readonly #policy: NetworkPolicy;
  readonly #projectIds = new Map<string, string | null>();

  constructor(store: Pick<Store, "sessions" | "projects">, policy: NetworkPolicy) {
    this.#store = store;
    this.#policy = policy;
  }

  async ruleOf(session: SessionOfOwner): Promise<NetworkRule> {
    const { mode, isOffForAll, listed } = this.#policy;
    if (isOffForAll) return { mode: "off", listed };
    const projectId = await this.#projectIdOf(session);
    if (projectId === null) return { mode, listed };
    const project = await this.#store.projects.find(projectId);
    // Deleted: nobody answers for it any more.
    if (project === undefined) return { mode: "off", listed };
    return { mode: project.network, listed: [...listed, ...parseKnownHosts(project.allowedHosts)] };
  }

  async #projectIdOf({ sessionId, ownerId }: SessionOfOwner): Promise<string | null> {
    const known = this.#projectIds.get(sessionId);
    if (known !== undefined) return known;
    const session = await this.#store.sessions.find(ownerId, sessionId);
    if (session === undefined) return null;
    if (this.#projectIds.size >= MAX_SESSIONS) this.#projectIds.clear();
    this.#projectIds.set(sessionId, session.projectId);
    return session.projectId;
  }
}
