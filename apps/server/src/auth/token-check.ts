import { scopesUpTo } from "@trunkline/contract";
import type { Logger } from "pino";
import type { Store, StoredToken } from "../store/port.ts";
import { isActive } from "./active-token.ts";
import type { Authenticated } from "./port.ts";
import { hashSecret, sameHash } from "./secret.ts";

/** How long an answer is believed. Revocation has to work within a second (SECURITY: live streams ask as well). */
const CACHE_MS = 500;
const MAX_CACHED = 1_000;
/** `last_used_at` is for people: one write a minute tells them enough. */
const TOUCH_INTERVAL_MS = 60_000;

interface Cached {
  kind: StoredToken["kind"];
  authenticated: Authenticated;
  /** When the answer is too old to be believed. */
  until: number;
}

/**
 * Finds out who holds a secret. Answers are kept for half a second, so that a burst of requests costs one query; only
 * good ones, so that wrong guesses cannot push them out.
 */
export class TokenCheck {
  readonly #store: Store;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #cache = new Map<string, Cached>();
  /** Lookups under way: requests that arrive together share one. */
  readonly #pending = new Map<string, Promise<Cached | null>>();

  constructor(options: { store: Store; logger: Logger; now: () => number }) {
    this.#store = options.store;
    this.#logger = options.logger;
    this.#now = options.now;
  }

  /** @param kind what the secret was presented as: a cookie's secret is no API token, and the other way round. */
  async check(secret: string, kind: StoredToken["kind"]): Promise<Authenticated | null> {
    const hash = hashSecret(secret);
    const cached = this.#cache.get(hash);
    const answer = cached !== undefined && this.#now() < cached.until ? cached : await this.#lookUpOnce(hash);
    return answer?.kind === kind ? answer.authenticated : null;
  }

  /** What is asked from now on is looked up. */
  forget(): void {
    this.#cache.clear();
    this.#pending.clear();
  }

  async #lookUpOnce(hash: string): Promise<Cached | null> {
    let pending = this.#pending.get(hash);
    if (pending === undefined) {
      pending = this.#lookUp(hash).finally(() => {
        if (this.#pending.get(hash) === pending) this.#pending.delete(hash);
      });
      this.#pending.set(hash, pending);
    }
    return pending;
  }

  async #lookUp(hash: string): Promise<Cached | null> {
    this.#cache.delete(hash);
    const askedAt = this.#now();
    const token = await this.#store.tokens.findByHash(hash);
    // The index has found it by its hash, which tells nothing about a secret; the last word is still constant-time.
    if (token === undefined || !sameHash(token.hash, hash) || !isActive(token, askedAt)) return null;
    if (askedAt - (token.lastUsedAt ?? 0) >= TOUCH_INTERVAL_MS) void this.#touch(token.id, askedAt);
    const answer = toCached(token, askedAt);
    this.#cache.set(hash, answer);
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= MAX_CACHED) break;
      this.#cache.delete(oldest);
    }
    return answer;
  }

  /** In the background: a full disk must not keep anybody out. */
  async #touch(tokenId: string, now: number): Promise<void> {
    try {
      await this.#store.tokens.touch(tokenId, now);
    } catch (error) {
      this.#logger.warn({ err: error, tokenId }, "the time of a token's last use could not be stored");
    }
  }
}

function toCached(token: StoredToken, askedAt: number): Cached {
  return {
    kind: token.kind,
    authenticated: {
      principal: {
        userId: token.userId,
        name: token.userName,
        scopes: scopesUpTo(token.scope),
        tokenId: token.id,
      },
      via: token.kind === "api" ? "bearer" : "cookie",
      hasPageKey: false,
      tokenId: token.id,
      expiresAt: token.expiresAt,
    },
    until: Math.min(askedAt + CACHE_MS, token.expiresAt ?? Infinity),
  };
}
