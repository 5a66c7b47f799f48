import type { Store } from "../store/port.ts";
import { type HostRule, parseHostRule } from "./host-rule.ts";
import type { SessionOfOwner } from "./port.ts";

/** Sessions whose hosts are remembered between looks. */
const MAX_SESSIONS = 1_000;

/**
 * Hosts that people have allowed, read from the sessions' logs: so a restart, another node and a fork see the same. What
 * an imported log says allows nothing.
 */
export class SessionHosts {
  readonly #store: Pick<Store, "events" | "sessions">;
  /** Up to which event each log was read; in the order of their last use. */
  readonly #known = new Map<string, { upTo: number; rules: readonly HostRule[] }>();

  constructor(store: Pick<Store, "events" | "sessions">) {
    this.#store = store;
  }

  async rulesOf({ sessionId, ownerId }: SessionOfOwner): Promise<readonly HostRule[]> {
    const session = await this.#store.sessions.find(ownerId, sessionId);
    if (session === undefined) return [];
    const { importedSeq, lastSeq } = session;
    const known = this.#known.get(sessionId) ?? { upTo: importedSeq, rules: [] };
    const rules = [...known.rules];
    const range = { after: known.upTo, upTo: lastSeq };
    for await (const { data } of this.#store.events.ofTypes(sessionId, ["network.allowed"], range)) {
      const rule = parseHostRule(data.host);
      if (rule !== null) rules.push(rule);
    }
    this.#known.delete(sessionId);
    this.#known.set(sessionId, { upTo: Math.max(known.upTo, lastSeq), rules });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_SESSIONS) break;
      this.#known.delete(oldest);
    }
    return rules;
  }
}
