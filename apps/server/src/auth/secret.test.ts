import type * as Crypto from "node:crypto";
import { timingSafeEqual } from "node:crypto";
import { expect, it, vi } from "vitest";
import { hashSecret, newSecret, sameHash } from "./secret.ts";

// Constant time can't be measured reliably here; that the right function is used is checked by reading the code.
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof Crypto>();
  return { ...crypto, timingSafeEqual: vi.fn(crypto.timingSafeEqual) };
});

it("compares hashes in constant time", () => {
  const [one, other] = [hashSecret(newSecret()), hashSecret(newSecret())];
  expect(sameHash(one, one)).toBe(true);
  expect(sameHash(one, other)).toBe(false);
  expect(sameHash(one, one.slice(0, -2))).toBe(false);
  expect(vi.mocked(timingSafeEqual).mock.calls).toEqual([
    [Buffer.from(one, "hex"), Buffer.from(one, "hex")],
    [Buffer.from(one, "hex"), Buffer.from(other, "hex")],
  ]);
});

it("makes secrets of 256 bits, never the same", () => {
  const secrets = Array.from({ length: 1_000 }, newSecret);
  expect(new Set(secrets).size).toBe(1_000);
  for (const secret of secrets) expect(Buffer.from(secret.slice(3), "base64url")).toHaveLength(32);
});
