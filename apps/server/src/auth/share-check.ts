import type { Logger } from "pino";
import type { Store } from "../store/port.ts";
import { isActive } from "./active-token.ts";
import type { Authenticated } from "./port.ts";
import { hashSecret, sameHash } from "./secret.ts";

/** `last_used_at` is for people: one write a minute tells them enough. */
const TOUCH_INTERVAL_MS = 60_000;

/**
 * Finds out which shared link a secret is of. Its holder is nobody: the user id is the link's own, so that whatever forgets to
 * ask finds nothing of anybody's, and limits count the readers of a link apart from its owner.
 */
export class ShareCheck {
  readonly #store: Pick<Store, "shares">;
  readonly #logger: Logger;
  readonly #now: () => number;

  constructor({ store, logger, now }: { store: Pick<Store, "shares">; logger: Logger; now: () => number }) {
    this.#store = store;
    this.#logger = logger;
    this.#now = now;
  }

  async check(secret: string): Promise<Authenticated | null> {
    const hash = hashSecret(secret);
    const share = await this.#store.shares.findByHash(hash);
    const now = this.#now();
    if (share === undefined || !sameHash(share.hash, hash)) return null;
    const { id, sessionId, ownerId, expiresAt, lastUsedAt } = share;
    if (!isActive({ expiresAt, revokedAt: null }, now)) return null;
    if (now - (lastUsedAt ?? 0) >= TOUCH_INTERVAL_MS) void this.#touch(id, now);
    const principal = { userId: id, name: "shared link", scopes: [], share: { sessionId, ownerId } };
    return { principal, via: "link", hasPageKey: false, tokenId: id, expiresAt };
  }

  /** In the background: a full disk must not keep anybody out. */
  async #touch(shareId: string, now: number): Promise<void> {
    try {
      await this.#store.shares.touch(shareId, now);
    } catch (error) {
      this.#logger.warn({ err: error, shareId }, "the time of a link's last use could not be stored");
    }
  }
}
