import { createHash } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { networkOf } from "./client-address.ts";
import type { Limits } from "./limits.ts";

/** Secrets that are remembered; of whoever was not seen for longest, the first request is a stranger's again. */
const MAX_KNOWN = 10_000;
/** Browsers send the cookies of all servers of a host; no host has that many. */
const MAX_TRIED = 8;

/**
 * Whose a request is, for taking turns before it is looked up: the user's who was let in with the same secret before, or else
 * the network's that it comes from. What else is in its headers is for its sender to choose, so that a thousand headers would be
 * a thousand callers.
 */
export class KnownCallers {
  readonly #addressOf: Limits["addressOf"];
  /** By the hash of the secret, the latest last. */
  readonly #users = new Map<string, string>();

  constructor({ addressOf }: Pick<Limits, "addressOf">) {
    this.#addressOf = addressOf;
  }

  callerOf(incoming: IncomingMessage): string {
    for (const hash of hashesIn(incoming.headers)) {
      const userId = this.#users.get(hash);
      if (userId !== undefined) return `user ${userId}`;
    }
    return `network ${networkOf(this.#addressOf(incoming))}`;
  }

  /** The user was let in with it. */
  note({ authorization, cookie }: Sent, userId: string): void {
    const [hash] = hashesIn({ authorization, cookie });
    if (hash === undefined) return;
    this.#users.delete(hash);
    this.#users.set(hash, userId);
    if (this.#users.size <= MAX_KNOWN) return;
    for (const oldest of this.#users.keys()) {
      this.#users.delete(oldest);
      return;
    }
  }

  /** Nobody is let in with it any more: who has it takes no turns from its user. */
  forget(sent: Sent): void {
    for (const hash of hashesIn(sent)) this.#users.delete(hash);
  }
}

/** The server's own cookie or, in a header, all of them. */
type Sent = Pick<IncomingHttpHeaders, "authorization" | "cookie">;

const SECRET = /tl_[\w-]{43}(?:\.[\w-]{43})?/g;

/** The Authorization header decides where there is one. */
function hashesIn({ authorization, cookie }: Sent): string[] {
  const secrets = (authorization ?? cookie ?? "").matchAll(SECRET);
  return Array.from(secrets.take(MAX_TRIED), ([secret]) =>
    createHash("sha256").update(secret).digest("base64"),
  );
}
