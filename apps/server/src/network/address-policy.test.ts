import { networkInterfaces } from "node:os";
import { describe, expect, test } from "vitest";
import { createAddressPolicy, publicAddressesOnly } from "./address-policy.ts";

const REFUSED: Record<string, string[]> = {
  loopback: ["127.0.0.1", "127.255.255.254", "::1"],
  unspecified: ["0.0.0.0", "0.1.2.3", "::"],
  private: ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd00:ec2::254"],
  "link-local": ["169.254.0.1", "fe80::1", "fe80::1%eth0", "fec0::1"],
  "carrier-grade NAT": ["100.64.0.1", "100.100.100.200", "100.127.255.255"],
  multicast: ["224.0.0.1", "239.255.255.255", "ff02::1"],
  broadcast: ["255.255.255.255"],
  reserved: [
    "240.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.7",
    "2001:db8::1",
    "100::1",
    "4000::1",
  ],
  metadata: ["169.254.169.254", "169.254.170.2", "168.63.129.16", "fd00:ec2::254"],
  "an IPv4 address inside, mapped": [
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "::ffff:7f00:1",
    "::ffff:8.8.8.8",
  ],
  "an IPv4 address inside, compatible": ["::a9fe:a9fe", "::7f00:1", "::169.254.169.254"],
  "an IPv4 address inside, translated": ["::ffff:0:a9fe:a9fe"],
  "an IPv4 address inside, NAT64": ["64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b:1::a9fe:a9fe"],
  "an IPv4 address inside, 6to4": ["2002:a9fe:a9fe::1", "2002:7f00:1::"],
  "an IPv4 address inside, Teredo": ["2001:0:4136:e378:8000:63bf:3fff:fdd2"],
  "no address": ["", "localhost", "1.2.3.4.5", "::g"],
};

describe("refuses", () => {
  for (const [kind, addresses] of Object.entries(REFUSED)) {
    test.each(addresses)(`${kind}: %s`, (address) => {
      expect(publicAddressesOnly(address)).toMatch(/\w/);
    });
  }

  test("an address of this machine's own that is public, however it is written", () => {
    const policy = createAddressPolicy(() => ["93.184.216.34", "2606:4700:4700::1111"]);
    for (const address of ["93.184.216.34", "2606:4700:4700:0:0:0:0:1111"]) {
      expect(policy(address)).toBe("it is this machine's own");
    }
    expect(policy("93.184.216.35")).toBeNull();
  });

  test("every address of this machine", () => {
    for (const { address } of Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])) {
      expect(publicAddressesOnly(address)).not.toBeNull();
    }
  });
});

test.each([
  "8.8.8.8",
  "1.1.1.1",
  "93.184.216.34",
  "172.32.0.1",
  "100.128.0.1",
  "2606:4700:4700::1111",
  "2a00:1450::1",
])("allows %s", (address) => {
  expect(publicAddressesOnly(address)).toBeNull();
});
