import { once } from "node:events";
import { connect, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { AddressPolicy } from "./address-policy.ts";
import { FetchError } from "./fetch-error.ts";
import { hostOf } from "./page-address.ts";

export interface ResolvedAddress {
  address: string;
  family: number;
}

/** Decides where a fetch may connect to. */
export interface Route {
  /** All addresses of a host name. Gives up when the signal aborts. */
  resolve(host: string, signal: AbortSignal): Promise<readonly ResolvedAddress[]>;
  policy: AddressPolicy;
}

/**
 * Opens a connection to a URL's host. The name is resolved once, every address is checked and no other is used, so DNS
 * rebinding does not work. A literal address takes the same path, because Node calls no `lookup` for it. Finally, the
 * socket's peer address is checked.
 * @returns a socket that has sent nothing yet; with TLS, its certificate has been verified.
 * @throws FetchError; network errors.
 */
export async function openConnection(
  url: URL,
  { resolve, policy }: Route,
  signal: AbortSignal,
): Promise<Socket> {
  const host = hostOf(url);
  const family = isIP(host);
  const addresses =
    family === 0 ? await unlessAborted(resolve(host, signal), signal) : [{ address: host, family }];
  if (addresses.length === 0) throw new FetchError(`${host}: no such host`);
  for (const { address } of addresses) judge(policy, host, address);

  const lookup: LookupFunction = (_host, _options, callback) => callback(null, [...addresses]);
  const isSecure = url.protocol === "https:";
  const port = url.port === "" ? (isSecure ? 443 : 80) : Number(url.port);
  const servername = family === 0 ? host : undefined;
  const socket = isSecure
    ? connectSecurely({ host, port, lookup, servername, rejectUnauthorized: true })
    : connect({ host, port, lookup });
  const onAbort = (): void => void socket.destroy(asError(signal.reason));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await once(socket, isSecure ? "secureConnect" : "connect");
    judge(policy, host, socket.remoteAddress ?? "");
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** However names are resolved, it must not block anybody. */
async function unlessAborted<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(asError(signal.reason));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([pending, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function judge(policy: AddressPolicy, host: string, address: string): void {
  const reason = policy(address);
  if (reason === null) return;
  const leadsTo = host === address ? "" : ` leads to ${address}, and`;
  throw new FetchError(`${host}${leadsTo} cannot be fetched: ${reason}`);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
