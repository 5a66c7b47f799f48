import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { createClientAddress, createProxyCheck, networkOf } from "./client-address.ts";

function addressOf(trusted: readonly string[], remoteAddress: string, forwarded?: string): string {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  return createClientAddress(createProxyCheck(trusted))({
    socket: { remoteAddress },
    headers,
  } as unknown as IncomingMessage);
}

describe("a client's address", () => {
  it.each([
    ["of the connection", [], "203.0.113.9", undefined, "203.0.113.9"],
    ["IPv4 over a socket for both", [], "::ffff:203.0.113.9", undefined, "203.0.113.9"],
    ["without the interface", [], "fe80::1%eth0", undefined, "fe80::1"],
    ["whatever somebody says who is no proxy", [], "203.0.113.9", "198.51.100.1", "203.0.113.9"],
    ["nor one of the proxies", ["10.0.0.1"], "203.0.113.9", "198.51.100.1", "203.0.113.9"],
    ["what a proxy says", ["10.0.0.1"], "10.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["what a proxy of a network says", ["10.0.0.0/8"], "10.9.8.7", "198.51.100.1", "198.51.100.1"],
    ["of IPv6 as well", ["2001:db8::/32"], "2001:db8::1", "2001:db9::5", "2001:db9::5"],
    ["the last hop before the proxies", ["10.0.0.0/8"], "10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"],
    ["not what the client put before it", ["10.0.0.1"], "10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"],
    ["the proxy's where it says none", ["10.0.0.1"], "10.0.0.1", undefined, "10.0.0.1"],
    ["the proxy's where it says nonsense", ["10.0.0.1"], "10.0.0.1", "unknown", "10.0.0.1"],
    [
      "however much the client put before it",
      ["10.0.0.1"],
      "10.0.0.1",
      `${"1.1.1.1,".repeat(40)}198.51.100.1`,
      "198.51.100.1",
    ],
    [
      "of a chain without an end, one of it",
      ["10.0.0.0/8"],
      "10.0.0.1",
      `1.1.1.1,${"10.0.0.2,".repeat(40)}10.0.0.3`,
      "10.0.0.2",
    ],
  ])("is %s", (_what, trusted, remote, forwarded, expected) => {
    expect(addressOf(trusted, remote, forwarded)).toBe(expected);
  });

  it.each(["proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.0/-1", "::/129", "*"])(
    "trusts no proxy called '%s'",
    (proxy) => {
      expect(() => createProxyCheck([proxy])).toThrow(/TRUNKLINE_TRUSTED_PROXIES/);
    },
  );
});

it.each([
  ["203.0.113.9", "203.0.113.9"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2::", "2001:db8:1:2"],
  ["2001:db8::6", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["1:2::4:5:6:7:8", "1:2:0:4"],
  ["64:ff9b::203.0.113.9", "64:ff9b:0:0"],
])("%s is of the network %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
