import { once } from "node:events";
import { connect, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import type { AddressPolicy } from "./address-policy.ts";
import { type Connect, DestinationError } from "./port.ts";

export interface ResolvedAddress {
  address: string;
  family: number;
}

/** Decides where a connection may lead. */
export interface Route {
  /** All addresses of a host name. Gives up when the signal aborts. */
  resolve(host: string, signal: AbortSignal): Promise<readonly ResolvedAddress[]>;
  policy: AddressPolicy;
}

/**
 * Connects by a route. The name is resolved once, every address is checked and no other is used, so DNS
 * rebinding does not work. A literal address takes the same path, because Node calls no `lookup` for it. Finally, the
 * socket's peer address is checked.
 */
export function connectBy(route: Route): Connect {
  return (url, signal) => openConnection(url, route, signal);
}

async function openConnection(url: URL, { resolve, policy }: Route, signal: AbortSignal): Promise<Socket> {
  const host = hostOf(url);
  const family = isIP(host);
  const addresses =
    family === 0 ? await unlessAborted(resolve(host, signal), signal) : [{ address: host, family }];
  if (addresses.length === 0) throw new DestinationError(`${host}: no such host`);
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
  throw new DestinationError(`${host}${leadsTo} cannot be reached: ${reason}`, { isForbidden: true });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** The host without the brackets around an IPv6 address. */
function hostOf({ hostname }: URL): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}
