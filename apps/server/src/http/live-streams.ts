import { TrunklineError } from "@trunkline/contract";
import type { Logger } from "pino";
import type { Auth, Authenticated } from "../auth/port.ts";
import { actForEverybody } from "../fairness/caller.ts";

/** A token's streams end within a second of its end, whichever node it was revoked on. */
const CHECK_INTERVAL_MS = 500;

export interface LiveStream {
  /** Aborts when the stream is closed from either side; with a TrunklineError as its reason once the token does not hold. */
  readonly signal: AbortSignal;
  close(): void;
}

interface Entry {
  tokenId: string;
  userId: string;
  controller: AbortController;
}

/**
 * All streams that are open, so that they can be counted, and ended when their token stops holding (CVE-2026-44553: a
 * revoked admin who kept a socket) or the server shuts down. One timer and one query serve them all.
 */
export class LiveStreams {
  readonly #auth: Pick<Auth, "activeTokens">;
  readonly #logger: Logger;
  readonly #maxPerPrincipal: number;
  readonly #open = new Set<Entry>();
  readonly #perPrincipal = new Map<string, number>();
  /** Streams that each principal has open on other nodes, as of late. */
  #elsewhere: ReadonlyMap<string, number> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #checking = false;
  #ended = false;

  /** @param options.maxPerPrincipal streams that one principal may have open at once */
  constructor(options: {
    auth: Pick<Auth, "activeTokens" | "onRevocation">;
    logger: Logger;
    maxPerPrincipal: number;
  }) {
    this.#maxPerPrincipal = options.maxPerPrincipal;
    this.#auth = options.auth;
    this.#logger = options.logger;
    options.auth.onRevocation(() => void this.#check());
  }

  get size(): number {
    return this.#open.size;
  }

  /** How many each principal has open here. */
  get counts(): ReadonlyMap<string, number> {
    return this.#perPrincipal;
  }

  /** What other nodes told. */
  countElsewhere(counts: ReadonlyMap<string, number>): void {
    this.#elsewhere = counts;
  }

  /** @throws TrunklineError `rate_limited` with too many open ones, `unavailable` once the server shuts down */
  open({ principal, tokenId }: Authenticated): LiveStream {
    if (this.#ended)
      throw new TrunklineError("unavailable", "The server is shutting down. Try again in a moment");
    const count = this.#perPrincipal.get(principal.userId) ?? 0;
    if (count + (this.#elsewhere.get(principal.userId) ?? 0) >= this.#maxPerPrincipal) {
      throw new TrunklineError(
        "rate_limited",
        `Too many open streams (limit ${this.#maxPerPrincipal}). Close some, then try again`,
      );
    }
    const entry: Entry = { tokenId, userId: principal.userId, controller: new AbortController() };
    this.#open.add(entry);
    this.#perPrincipal.set(principal.userId, count + 1);
    this.#timer ??= setInterval(() => void this.#check(), CHECK_INTERVAL_MS).unref();
    return { signal: entry.controller.signal, close: () => this.#close(entry) };
  }

  /** Ends all streams and refuses new ones: their clients come back to whoever listens then. */
  end(): void {
    this.#ended = true;
    for (const entry of this.#open) this.#close(entry);
  }

  #close(entry: Entry, reason?: TrunklineError): void {
    if (!this.#open.delete(entry)) return;
    const count = (this.#perPrincipal.get(entry.userId) ?? 0) - 1;
    if (count > 0) this.#perPrincipal.set(entry.userId, count);
    else this.#perPrincipal.delete(entry.userId);
    if (this.#open.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    entry.controller.abort(reason);
  }

  async #check(): Promise<void> {
    if (this.#checking || this.#open.size === 0) return;
    this.#checking = true;
    try {
      const tokenIds = new Set(Array.from(this.#open, ({ tokenId }) => tokenId));
      const active = await actForEverybody(async () => this.#auth.activeTokens([...tokenIds]));
      for (const entry of this.#open) {
        // A token that came while the question was on its way was not part of it.
        if (tokenIds.has(entry.tokenId) && !active.has(entry.tokenId)) this.#close(entry, tokenEnded());
      }
    } catch (error) {
      // Nobody knows then who may go on listening; those who may, come back.
      this.#logger.error(
        { err: error, streams: this.#open.size },
        "Tokens can't be checked: all streams are closed",
      );
      for (const entry of this.#open) this.#close(entry);
    } finally {
      this.#checking = false;
    }
  }
}

/** To whoever was let in by one that held then. */
export function tokenEnded(): TrunklineError {
  return new TrunklineError("unauthorized", "The token was revoked or has expired meanwhile");
}
