import type { Store } from "../store/port.ts";

/** Cache: a session's owner never changes. */
const MAX_REMEMBERED = 10_000;

export class SessionOwners {
  readonly #store: Pick<Store, "sessions">;
  readonly #owners = new Map<string, string>();

  constructor(store: Pick<Store, "sessions">) {
    this.#store = store;
  }

  /** @returns undefined if not cached yet. */
  known(sessionId: string): string | undefined {
    return this.#owners.get(sessionId);
  }

  async find(sessionId: string): Promise<string | undefined> {
    const known = this.#owners.get(sessionId);
    if (known !== undefined) return known;
    const ownerId = await this.#store.sessions.ownerOf(sessionId);
    if (ownerId === undefined) return undefined;
    if (this.#owners.size >= MAX_REMEMBERED) this.#owners.clear();
    this.#owners.set(sessionId, ownerId);
    return ownerId;
  }
}
