import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

/** @returns why nothing may be fetched from this IP address, or null where it may. */
export type AddressPolicy = (address: string) => string | null;

/** All that was ever given out as an address in the public IPv6 internet (RFC 4291, section 2.4, and IANA's registry). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/** Serve a cloud's own machines from addresses that look public: Azure's platform, which hands out credentials. */
const METADATA_ADDRESSES = new Set(["168.63.129.16"]);

/** Addresses of this machine's own. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map(({ address }) => address),
  );
}

/**
 * Allows the public internet alone. What is not known to be public is refused, and so is every address that holds
 * another one inside (IPv4-mapped, -compatible and -translated, NAT64, 6to4, Teredo): where it leads is not for us to
 * say. The machine's own addresses are refused too: what listens there may be closed to everybody outside.
 * @param own asked each time, because networks come and go.
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
