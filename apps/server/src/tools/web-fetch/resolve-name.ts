import { Resolver } from "node:dns/promises";
import type { ResolvedAddress } from "./connect.ts";
import { FetchError } from "./fetch-error.ts";

export interface NameResolution {
  /** Addresses of name servers; absent: those of the system. */
  servers?: readonly string[];
  /** For one attempt, in ms. */
  timeoutMs?: number;
  attempts?: number;
}

/** What a name server says that knows the name, but no address of that kind. */
const NO_ADDRESS = new Set(["ENODATA", "ENOTFOUND"]);

/**
 * Asks for all addresses of a name, with sockets and a deadline of our own. The system's way (`getaddrinfo`) would hold
 * one of the few threads that all file operations share until somebody answers, and cannot be stopped: a dozen names
 * that nobody answers for would stop everybody. The price: `/etc/hosts` is not read, which names no public web site.
 * @throws FetchError
 */
export async function resolveName(
  host: string,
  signal: AbortSignal,
  { servers, timeoutMs = 2_500, attempts = 2 }: NameResolution = {},
): Promise<ResolvedAddress[]> {
  signal.throwIfAborted();
  // Names of this machine are asked of nobody (RFC 6761).
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
    // Half an answer will do: many name servers never answer for one of the two kinds.
    if (addresses.length > 0) return addresses;
    const failure = failures.find((code) => !NO_ADDRESS.has(code));
    if (failure === undefined) throw new FetchError(`${host}: no such host`);
    const isLate = failure === "ETIMEOUT" || failure === "ECANCELLED";
    throw new FetchError(
      `${host}: ${isLate ? "the name servers do not answer" : `name lookup failed (${failure})`}`,
    );
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
