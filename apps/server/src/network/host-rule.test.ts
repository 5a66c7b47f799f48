import { expect, it } from "vitest";
import { parseHostList, parseKnownHosts } from "./host-list.ts";
import { covers, formatHostRule, hostName, parseHostRule } from "./host-rule.ts";
import { PRESETS } from "./presets.ts";

const isCovered = (rule: string, host: string, port = 443): boolean =>
  covers(parseHostRule(rule)!, host, port);

it("a rule covers a host or the names below it, at the web's ports or its own", () => {
  expect(isCovered("example.com", "example.com")).toBe(true);
  expect(isCovered("example.com", "example.com", 80)).toBe(true);
  expect(isCovered("example.com", "example.com", 22)).toBe(false);
  expect(isCovered("example.com", "www.example.com")).toBe(false);
  expect(isCovered("example.com", "notexample.com")).toBe(false);
  expect(isCovered("*.example.com", "a.b.example.com")).toBe(true);
  expect(isCovered("*.example.com", "example.com")).toBe(false);
  expect(isCovered("*.example.com", "notexample.com")).toBe(false);
  expect(isCovered("git.example.com:8443", "git.example.com", 8443)).toBe(true);
  expect(isCovered("git.example.com:8443", "git.example.com")).toBe(false);
});

it("spellings of one name are one name", () => {
  expect(hostName("EXAMPLE.com.")).toBe("example.com");
  expect(hostName("bücher.example")).toBe("xn--bcher-kva.example");
  expect(hostName("ｅxample.com")).toBe("example.com");
  expect(formatHostRule(parseHostRule(" *.Example.COM:8443 ")!)).toBe("*.example.com:8443");
});

it.each([
  "",
  "*",
  "*.com",
  "localhost",
  "127.0.0.1",
  "0x7f.1",
  "2130706433",
  "[::1]",
  "::1",
  "10.0.0.1:80",
  "a..b",
  "-a.com",
  "example.com/path",
  "user@example.com",
  "http://example.com",
  "example.com:0",
  "example.com:70000",
  "*.*.com",
  "a.*.com",
  "exa mple.com",
  "example.com#",
  "x".repeat(300) + ".com",
])("%j is no rule", (text) => {
  expect(parseHostRule(text)).toBeNull();
});

it("a list names presets and hosts, and says what it does not know", () => {
  expect(parseHostList(["npm", "*.example.com"]).map(formatHostRule)).toEqual([
    ...PRESETS.npm.hosts,
    "*.example.com",
  ]);
  expect(parseHostList(["registries"])).toHaveLength(
    Object.values(PRESETS).flatMap(({ hosts }) => hosts).length,
  );
  expect(() => parseHostList(["npmm"])).toThrow("'npmm' is neither a host");
  expect(parseKnownHosts(["localhost", "10.0.0.1", "one.example.com"]).map(formatHostRule)).toEqual([
    "one.example.com",
  ]);
  expect(() => parseHostList(["127.0.0.1"])).toThrow("'127.0.0.1' is neither a host");
});
