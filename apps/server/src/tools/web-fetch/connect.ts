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

/** What decides where a fetch goes. */
export interface Route {
  /** All addresses of a host name. Gives up when the signal is aborted. */
  resolve(host: string, signal: AbortSignal): Promise<readonly ResolvedAddress[]>;
  policy: AddressPolicy;
}

/**
 * Opens a connection to where a URL leads. Its name is resolved once; every address that comes of it is judged, and no
 * other is used, so a name that means something else a moment later (DNS rebinding) is of no use. An address in the
 * URL itself takes the same way: Node asks no `lookup` for it. In the end the socket says whom it has reached.
 * @returns a socket that has sent nothing yet; with TLS, one whose certificate was checked.
 * @throws FetchError; what the network throws.
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

/** Whatever resolves names, it holds nobody up. */
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
