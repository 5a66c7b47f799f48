import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

/** @returns why this IP address must not be connected to; null if it may. */
export type AddressPolicy = (address: string) => string | null;

/** Allocated public IPv6 space (RFC 4291, section 2.4, and IANA's registry). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/** Public-looking addresses that serve a cloud's own machines: Azure's platform hands out credentials there. */
const METADATA_ADDRESSES = new Set(["168.63.129.16"]);

/** This machine's own addresses. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map(({ address }) => address),
  );
}

/**
 * Allows only the public internet. Anything not known to be public is refused, including every address that embeds
 * another (IPv4-mapped, -compatible and -translated, NAT64, 6to4, Teredo). The machine's own addresses are refused,
 * too: what listens there may be closed to the outside.
 * @param own called each time, because networks come and go.
 */
export function createAddressPolicy(own: () => readonly string[]): AddressPolicy {
  return (address) => {
    if (!ipaddr.isValid(address)) return "it is no IP address";
    const parsed = ipaddr.parse(address);
    if (METADATA_ADDRESSES.has(parsed.toString())) return "it belongs to the machine's cloud";
    const range = parsed.range();
    if (range !== "unicast") return `it is not public (${range})`;
    if (parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL_UNICAST)) return "it is not public (reserved)";
    const isOwn = own().some((mine) => ipaddr.parse(mine).toString() === parsed.toString());
    return isOwn ? "it is this machine's own" : null;
  };
}

export const publicAddressesOnly = createAddressPolicy(ownAddresses);
