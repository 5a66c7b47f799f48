import type { IncomingMessage } from "node:http";
import type { Config } from "../config.ts";
import { type ClientAddress, createClientAddress, networkOf } from "./client-address.ts";
import { RateLimit } from "./rate-limit.ts";

/**
 * Wrong credentials count this many times. Nobody guesses 256 bits; the limit keeps trying cheap for the server. Right
 * credentials always get through, so nobody can lock out those who share an address with them.
 */
const REQUESTS_PER_FAILURE = 50;

/** Rate limits. Each method returns 0, or how many ms to wait. */
export interface Limits {
  addressOf: ClientAddress;
  /** Any request, before anything is known of it. */
  takeRequest(incoming: IncomingMessage): number;
  /** Of a known user; a batch counts as the calls it holds. */
  takeCalls(userId: string, calls: number): number;
  /** Wrong credentials. */
  takeFailure(address: string): number;
  /** The limits that all nodes hold together, by name. */
  shared: ReadonlyMap<string, RateLimit>;
}

/**
 * @param isShared whether other nodes have users of these limits as well
 * @throws Error where a trusted proxy is not an address
 */
export function createLimits(
  { requestsPerMinute, trustedProxies }: Pick<Config, "requestsPerMinute" | "trustedProxies">,
  now: () => number,
  isShared = false,
): Limits {
  const addressOf = createClientAddress(trustedProxies);
  const requests = new RateLimit({ perMinute: requestsPerMinute, now, isShared });
  const calls = new RateLimit({ perMinute: requestsPerMinute, now, isShared });
  const failuresPerMinute = Math.max(1, requestsPerMinute / REQUESTS_PER_FAILURE);
  const failures = new RateLimit({ perMinute: failuresPerMinute, now, isShared });
  return {
    addressOf,
    takeRequest: (incoming) => requests.take(networkOf(addressOf(incoming))),
    takeCalls: (userId, count) => calls.take(userId, count),
    takeFailure: (address) => failures.take(networkOf(address)),
    shared: new Map(Object.entries({ requests, calls, failures })),
  };
}
