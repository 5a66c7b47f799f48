import { Resolver } from "node:dns/promises";
import type { ResolvedAddress } from "./connect.ts";
import { DestinationError } from "./port.ts";

export interface NameResolution {
  /** Addresses of name servers; absent: the system's. */
  servers?: readonly string[];
  /** Timeout per attempt, in ms. */
  timeoutMs?: number;
  attempts?: number;
}

/** Errors that mean that the name exists, but has no address of that kind. */
const NO_ADDRESS = new Set(["ENODATA", "ENOTFOUND"]);

/**
 * Resolves all addresses of a name with its own sockets and deadline. `getaddrinfo` would block one of the few threads
 * that all file operations share, without a way to cancel: a dozen unanswered names would stop the server. The price:
 * `/etc/hosts`, which lists no public web site, is not read.
 * @throws DestinationError
 */
export async function resolveName(
  host: string,
  signal: AbortSignal,
  { servers, timeoutMs = 2_500, attempts = 2 }: NameResolution = {},
): Promise<ResolvedAddress[]> {
  signal.throwIfAborted();
  // Local names are never sent to a name server (RFC 6761).
  if (/^(?:.+\.)?localhost\.?$/i.test(host)) return [{ address: "127.0.0.1", family: 4 }];
  const resolver = new Resolver({ timeout: timeoutMs, tries: attempts, maxTimeout: timeoutMs });
  if (servers !== undefined) resolver.setServers(servers);
  const onAbort = (): void => resolver.cancel();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    signal.throwIfAborted();
    const addresses = answers.flatMap((answer, index) =>
      answer.status === "rejected"
        ? []
        : answer.value.map((address) => ({ address, family: index === 0 ? 4 : 6 })),
    );
    const failures = answers.flatMap((answer) =>
      answer.status === "rejected" ? [codeOf(answer.reason)] : [],
    );
    // Half an answer is enough: many name servers never answer for one of the two kinds.
    if (addresses.length > 0) return addresses;
    const failure = failures.find((code) => !NO_ADDRESS.has(code));
    if (failure === undefined) throw new DestinationError(`${host}: no such host`);
    const isLate = failure === "ETIMEOUT" || failure === "ECANCELLED";
    throw new DestinationError(
      `${host}: ${isLate ? "the name servers do not answer" : `name lookup failed (${failure})`}`,
    );
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
