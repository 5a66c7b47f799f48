import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv4 } from "node:net";
import { leadingGroups } from "../common/ip-network.ts";

/** @returns the IP address that a request comes from, as in the audit trail */
export type ClientAddress = (incoming: IncomingMessage) => string;

/** @returns whether an address, as `plainAddress` writes it, is a trusted proxy's */
export type ProxyCheck = (address: string) => boolean;

/**
 * @param trustedProxies addresses and networks (`10.0.0.0/8`), as in `TRUNKLINE_TRUSTED_PROXIES`
 * @throws Error naming the first invalid one
 */
export function createProxyCheck(trustedProxies: readonly string[]): ProxyCheck {
  const proxies = new BlockList();
  for (const proxy of trustedProxies) trust(proxies, proxy);
  if (trustedProxies.length === 0) return () => false;
  return (address) => proxies.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

/**
 * The peer's address or, if that is a trusted proxy, the one that the proxy reports. Anybody can send the header, so it
 * is read from its end, where proxies append, up to the first address that is not a trusted proxy.
 */
export function createClientAddress(isProxy: ProxyCheck): ClientAddress {
  return (incoming) => {
    let address = plainAddress(incoming.socket.remoteAddress ?? "");
    if (!isProxy(address)) return address;
    // What is beyond any chain of proxies was sent by the client, and takes nothing from what the proxies added.
    const hops = String(incoming.headers["x-forwarded-for"] ?? "")
      .split(",")
      .slice(-MAX_HOPS);
    for (const hop of hops.toReversed()) {
      const next = plainAddress(hop.trim());
      if (isIP(next) === 0) break;
      address = next;
      if (!isProxy(address)) break;
    }
    return address;
  };
}

const MAX_HOPS = 32;

function trust(proxies: BlockList, proxy: string): void {
  const [address = "", prefix, ...more] = proxy.split("/");
  const bits = isIP(address) === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  const isNetwork = /^\d{1,3}$/.test(prefix ?? "0") && length <= bits && more.length === 0;
  if (isIP(address) === 0 || !isNetwork) {
    throw new Error(
      `TRUNKLINE_TRUSTED_PROXIES takes addresses and networks like 10.0.0.1 or 10.0.0.0/8, not '${proxy}'`,
    );
  }
  proxies.addSubnet(address, length, bits === 32 ? "ipv4" : "ipv6");
}

/** Without the zone id, and IPv4-mapped addresses as IPv4. */
export function plainAddress(address: string): string {
  const bare = address.toLowerCase().split("%", 1)[0] ?? "";
  return bare.startsWith("::ffff:") && isIPv4(bare.slice(7)) ? bare.slice(7) : bare;
}

/** The unit for rate limits: an IPv4 address, or an IPv6 /64, which a single machine may have (RFC 6177). */
export function networkOf(address: string): string {
  return leadingGroups(address, { ipv4: 4, ipv6: 4 }).join(address.includes(":") ? ":" : ".");
}
