import type { IncomingMessage } from "node:http";
import type { Config } from "../config/config.ts";
import {
  type ClientAddress,
  createClientAddress,
  createProxyCheck,
  networkOf,
  type ProxyCheck,
} from "./client-address.ts";
import { RateLimit } from "./rate-limit.ts";

/**
 * Wrong credentials count this many times. 256 bits can't be guessed; the limit keeps attempts cheap for the server.
 * Correct credentials always get through, so nobody can lock out others behind the same address.
 */
const REQUESTS_PER_FAILURE = 50;

/** Rate limits. Each method returns 0, or how many ms to wait. */
export interface Limits {
  addressOf: ClientAddress;
  isProxy: ProxyCheck;
  /** Any request, before anything is known of it. */
  takeRequest(incoming: IncomingMessage): number;
  /** Of an authenticated user; a batch counts as its number of calls. */
  takeCalls(userId: string, calls: number): number;
  /** Wrong credentials. */
  takeFailure(address: string): number;
  /**
   * Limits shared by all nodes, by name.
   * @throws Error if a trusted proxy is not an address
   */
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
  const isProxy = createProxyCheck(trustedProxies);
  const addressOf = createClientAddress(isProxy);
  const requests = new RateLimit({ perMinute: requestsPerMinute, now, isShared });
  const calls = new RateLimit({ perMinute: requestsPerMinute, now, isShared });
  const failuresPerMinute = Math.max(1, requestsPerMinute / REQUESTS_PER_FAILURE);
  const failures = new RateLimit({ perMinute: failuresPerMinute, now, isShared });
  return {
    addressOf,
    isProxy,
    takeRequest: (incoming) => requests.take(networkOf(addressOf(incoming))),
    takeCalls: (userId, count) => calls.take(userId, count),
    takeFailure: (address) => failures.take(networkOf(address)),
    shared: new Map(Object.entries({ requests, calls, failures })),
  };
}
