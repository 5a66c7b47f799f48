import type { ServerResponse } from "node:http";
import { TrunklineError } from "@trunkline/contract";
import type { Logger } from "pino";
import type { Held, HttpContext, Middleware } from "./http-env.ts";

export interface HeldLimits {
  /** Requests at once, from the token's check until the answer has been sent. Live streams have a limit of their own. */
  requests: number;
  /** Of answers that wait for their clients to read them, those of streams among them. */
  unreadBytes: number;
}

/** Of one user or network, on one node: what one holds open costs everybody memory and descriptors. */
export const HELD_LIMITS: HeldLimits = { requests: 1_000, unreadBytes: 64_000_000 };

const LOOK_MS = 1_000;

interface Holder {
  requests: number;
  open: Set<ServerResponse>;
}

/** Requests that are under way, by whoever sent them. */
export class HeldRequests {
  readonly #logger: Pick<Logger, "warn">;
  readonly #limits: HeldLimits;
  readonly #holders = new Map<string, Holder>();
  #timer: NodeJS.Timeout | undefined;

  constructor(logger: Pick<Logger, "warn">, limits = HELD_LIMITS) {
    this.#logger = logger;
    this.#limits = limits;
  }

  /** Those who have something open. */
  get size(): number {
    return this.#holders.size;
  }

  /**
   * Counts a request until its answer is sent, or its connection closed.
   * @throws TrunklineError `rate_limited`
   */
  hold(holderId: string, outgoing: ServerResponse): Held {
    const holder = this.#holders.get(holderId) ?? { requests: 0, open: new Set() };
    if (holder.requests >= this.#limits.requests) {
      throw new TrunklineError(
        "rate_limited",
        `Too many requests at once (limit ${this.#limits.requests}). Read the answers to the open ones, or close them`,
      );
    }
    // A client that left during the token lookup fires no further event.
    if (outgoing.destroyed) return { isStream: () => undefined };
    this.#holders.set(holderId, holder);
    holder.requests += 1;
    holder.open.add(outgoing);
    this.#timer ??= setInterval(() => this.look(), LOOK_MS).unref();
    let counts = true;
    const uncount = (): void => {
      if (counts) holder.requests -= 1;
      counts = false;
    };
    outgoing.once("close", () => {
      uncount();
      holder.open.delete(outgoing);
      if (holder.open.size === 0) this.#forget(holderId);
    });
    return { isStream: uncount };
  }

  /** Closes connections of those with too much unread, the largest first. Also happens by itself. */
  look(): void {
    for (const [holder, { open }] of this.#holders) {
      const sizes = Array.from(open, (outgoing) => ({ outgoing, bytes: outgoing.writableLength }));
      let unread = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
      if (unread <= this.#limits.unreadBytes) continue;
      let closed = 0;
      for (const { outgoing, bytes } of sizes.toSorted((a, b) => b.bytes - a.bytes)) {
        if (unread <= this.#limits.unreadBytes) break;
        unread -= bytes;
        outgoing.destroy();
        closed += 1;
      }
      this.#logger.warn({ holder, closed }, "Connections are closed, because their clients do not read");
    }
  }

  #forget(holderId: string): void {
    this.#holders.delete(holderId);
    if (this.#holders.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

export function holdRequest(requests: HeldRequests, holderOf: (c: HttpContext) => string): Middleware {
  return async (c, next) => {
    c.set("held", requests.hold(holderOf(c), c.env.outgoing));
    await next();
  };
}
