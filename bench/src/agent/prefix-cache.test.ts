import { expect, test } from "vitest";
import { PrefixCache } from "./prefix-cache.ts";

const long = (seed: string): { role: string; content: string } => ({
  role: "user",
  content: seed.repeat(8_000),
});

test("what was sent before is cached, in blocks; a change at the beginning loses all of it", () => {
  const cache = new PrefixCache();
  const first = cache.add({ tools: ["a tool"], messages: [long("a")] });
  expect(first).toEqual({ tokens: 2_010, cachedTokens: 0 });
  const second = cache.add({ tools: ["a tool"], messages: [long("a"), long("b")] });
  expect(second.cachedTokens).toBe(1_920);
  expect(second.tokens).toBeGreaterThan(4_000);
  expect(cache.add({ tools: ["another"], messages: [long("a"), long("b")] }).cachedTokens).toBe(0);
});

test("less than a provider caches at all counts as nothing", () => {
  const cache = new PrefixCache();
  const small = { messages: [{ role: "user", content: "a".repeat(3_000) }] };
  cache.add(small);
  expect(cache.add(small).cachedTokens).toBe(0);
});
