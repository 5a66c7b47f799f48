/**
 * @param address without a zone id
 * @param groups how many of an IPv4 address's four numbers, and of an IPv6 address's eight groups
 * @returns those that it begins with; what is no address as it is
 */
export function leadingGroups(address: string, groups: { ipv4: number; ipv6: number }): string[] {
  if (!address.includes(":")) return address.split(".").slice(0, groups.ipv4);
  const [left = [], right] = address
    .split("::", 2)
    .map((half) => half.split(":").filter((group) => group !== ""));
  if (right === undefined) return left.slice(0, groups.ipv6);
  // A trailing IPv4 part stands for two groups.
  const length = left.length + right.length + (address.includes(".") ? 1 : 0);
  const zeros = Array.from({ length: Math.max(0, 8 - length) }, () => "0");
  return [...left, ...zeros, ...right].slice(0, groups.ipv6);
}
