import type { IncomingMessage } from "node:http";
import type { Config } from "../config.ts";
import { type ClientAddress, createClientAddress, networkOf } from "./client-address.ts";
import { RateLimit } from "./rate-limit.ts";

/**
 * Credentials that do not hold, of one address: one in so many requests. They have 256 bits, so nobody guesses one; this
 * keeps who tries from costing much. What is right is let in all the while: nobody can lock out those who share an address
 * with them.
 */
const REQUESTS_PER_FAILURE = 50;

/** How much of the server one caller may have. Each answers 0, or for how many ms there is no more. */
export interface Limits {
  addressOf: ClientAddress;
  /** Any request, before anything is known of it. */
  takeRequest(incoming: IncomingMessage): number;
  /** Of somebody known; `calls` as many as the request holds. */
  takeCalls(userId: string, calls: number): number;
  /** Credentials that do not hold. */
  takeFailure(address: string): number;
}

/** @throws Error where a trusted proxy is not an address */
export function createLimits(
  { requestsPerMinute, trustedProxies }: Pick<Config, "requestsPerMinute" | "trustedProxies">,
  now: () => number,
): Limits {
  const addressOf = createClientAddress(trustedProxies);
  const requests = new RateLimit({ perMinute: requestsPerMinute, now });
  const calls = new RateLimit({ perMinute: requestsPerMinute, now });
  const failures = new RateLimit({ perMinute: Math.max(1, requestsPerMinute / REQUESTS_PER_FAILURE), now });
  return {
    addressOf,
    takeRequest: (incoming) => requests.take(networkOf(addressOf(incoming))),
    takeCalls: (userId, count) => calls.take(userId, count),
    takeFailure: (address) => failures.take(networkOf(address)),
  };
}
