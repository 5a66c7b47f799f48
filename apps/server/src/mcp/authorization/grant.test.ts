import { describe, expect, it } from "vitest";
import { assertShort, grantOf, type PendingGrant } from "./grant.ts";

const pending: PendingGrant = {
  serverUrl: "https://mcp.example/mcp",
  redirectUrl: "http://127.0.0.1:4400/mcp/authorized",
  info: { authorizationServerUrl: "https://login.example" },
  client: { client_id: "client" },
  resource: null,
  codeVerifier: "verifier",
  browser: null,
};
const page = new URL("https://login.example/authorize?client_id=client");
const tokens = { access_token: "token", token_type: "Bearer" };
const LONG = "x".repeat(70_000);

describe("what an authorization server says", () => {
  it("is kept where it is as long as servers' are", () => {
    expect(() => assertShort(page, pending)).not.toThrow();
    expect(
      grantOf(pending, { ...tokens, access_token: "x".repeat(16_384), expires_in: 60 }, 1_000),
    ).toMatchObject({
      serverUrl: pending.serverUrl,
      expiresAt: 61_000,
    });
  });

  it.each<[string, () => void, RegExp]>([
    [
      "a client id",
      () => assertShort(page, { ...pending, client: { client_id: LONG } }),
      /more than the 65536/,
    ],
    ["a refresh token", () => grantOf(pending, { ...tokens, refresh_token: LONG }, 0), /more than the 65536/],
    ["an address", () => assertShort(new URL(`${page.href}&scope=${LONG}`), pending), /8192 characters/],
    ["a token", () => grantOf(pending, { ...tokens, access_token: LONG }, 0), /can't be sent/],
  ])("is not kept with %s that is too long", (_, keep, words) => {
    expect(keep).toThrow(words);
  });

  it.each(["", "a\r\nx-evil: 1", "a b", "\u{20ac}"])(
    "is not kept with the token %j, which it does not repeat",
    (token) => {
      const keep = () => grantOf(pending, { ...tokens, access_token: token }, 0);
      expect(keep).toThrow(
        /^The authorization server gave a token that can't be sent: it is empty, too long, or has odd characters$/,
      );
    },
  );

  it("leads to no page with credentials in its address", () => {
    expect(() => assertShort(new URL("https://login.example@evil.example/"), pending)).toThrow(/credentials/);
  });
});
