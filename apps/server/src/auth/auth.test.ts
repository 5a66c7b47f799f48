import { chmod, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Auth } from "./port.ts";
import { newSecret } from "./secret.ts";
import { type AuthFixture, openAuthFixture, revokeTokens } from "./testing/auth-fixture.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let fixture: AuthFixture;
beforeEach(async () => {
  fixture = await openAuthFixture();
});
afterEach(async () => fixture[Symbol.asyncDispose]());

const readToken = async () => readFile(join(fixture.dataDir, "token"), "utf8");
const bearer = (token: string, auth = fixture.auth) =>
  auth.authenticate({ authorization: `Bearer ${token}`, cookie: undefined });
const cookie = (secret: string, auth = fixture.auth) =>
  auth.authenticate({ authorization: undefined, cookie: secret });
/** One after the other, as they push each other out by age. */
async function newCodes(count: number, holder: Parameters<Auth["createSignInCode"]>[0]): Promise<string[]> {
  const codes: string[] = [];
  while (codes.length < count) codes.push((await fixture.auth.createSignInCode(holder)).code);
  return codes;
}
const tokenRows = async () => fixture.store.tokens.page({ limit: 100 });

describe("local token", () => {
  it("is made at the first start: 256 bits, in a file of mode 0600, stored as a hash alone", async () => {
    const token = await readToken();
    expect(token).toMatch(/^tl_[A-Za-z0-9_-]{43}$/);
    expect((await stat(join(fixture.dataDir, "token"))).mode & 0o777).toBe(0o600);
    expect(JSON.stringify(await tokenRows())).not.toContain(token);
    expect(await bearer(token)).toMatchObject({ principal: { name: "local" }, via: "bearer" });
  });

  it("stays the same over a restart", async () => {
    const token = await readToken();
    const before = await bearer(token);
    const auth = await fixture.restart();
    expect(await readToken()).toBe(token);
    expect(await bearer(token, auth)).toEqual(before);
    expect(await tokenRows()).toHaveLength(1);
  });

  it("is adopted from the file by a store that does not know it", async () => {
    const token = newSecret();
    await writeFile(join(fixture.dataDir, "token"), `${token}\n`);
    expect(await bearer(token)).toBeNull();
    const auth = await fixture.restart();
    expect(await bearer(token, auth)).toMatchObject({ principal: { name: "local" } });
  });

  it("is made anew where the file is missing, empty or revoked", async () => {
    const path = join(fixture.dataDir, "token");
    const first = await readToken();
    await rm(path);
    await fixture.restart();
    const second = await readToken();
    await writeFile(path, "");
    await fixture.restart();
    const third = await readToken();
    await revokeTokens(fixture.store, fixture.clock.now, "api");
    const auth = await fixture.restart();
    const fourth = await readToken();
    expect(new Set([first, second, third, fourth]).size).toBe(4);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await bearer(third, auth)).toBeNull();
    expect(await bearer(fourth, auth)).not.toBeNull();
  });

  it("refuses to start over a file that holds something else", async () => {
    await writeFile(join(fixture.dataDir, "token"), "my notes");
    await expect(fixture.restart()).rejects.toThrow(/is not a Trunkline token/);
    expect(await readToken()).toBe("my notes");
  });

  it("is closed to others again where its file was opened up", async () => {
    await chmod(join(fixture.dataDir, "token"), 0o644);
    await fixture.restart();
    expect((await stat(join(fixture.dataDir, "token"))).mode & 0o777).toBe(0o600);
  });
});

describe("authentication", () => {
  it.each([
    ["nothing", undefined],
    ["an empty header", ""],
    ["another scheme", "Basic dXNlcjpwYXNz"],
    ["no token", "Bearer "],
    ["a token of the wrong shape", "Bearer tl_short"],
    ["an unknown token", `Bearer ${newSecret()}`],
    ["a very long header", `Bearer ${"x".repeat(100_000)}`],
  ])("refuses %s", async (_name, authorization) => {
    expect(await fixture.auth.authenticate({ authorization, cookie: undefined })).toBeNull();
  });

  it("takes the scheme in any case", async () => {
    const token = await readToken();
    expect(
      await fixture.auth.authenticate({ authorization: `bearer ${token}`, cookie: undefined }),
    ).not.toBeNull();
  });

  it("lets a bearer token decide where there is one, right or wrong", async () => {
    const { code } = await fixture.auth.createSignInCode("local");
    const redeemed = await fixture.auth.redeemSignInCode(code);
    const secret = redeemed!.cookieSecret;
    expect(await cookie(secret)).toMatchObject({ via: "cookie" });
    expect(
      await fixture.auth.authenticate({ authorization: `Bearer ${newSecret()}`, cookie: secret }),
    ).toBeNull();
    expect(
      await fixture.auth.authenticate({ authorization: `Bearer ${await readToken()}`, cookie: secret }),
    ).toMatchObject({ via: "bearer" });
  });

  it("takes neither a cookie's secret as a token nor a token as a cookie", async () => {
    const { code } = await fixture.auth.createSignInCode("local");
    const redeemed = await fixture.auth.redeemSignInCode(code);
    expect(await bearer(redeemed!.cookieSecret)).toBeNull();
    expect(await cookie(await readToken())).toBeNull();
  });

  it("refuses a revoked token within a second", async () => {
    const token = await readToken();
    const known = await bearer(token);
    await revokeTokens(fixture.store, fixture.clock.now, "api");
    expect(await fixture.auth.activeTokens([known!.tokenId])).toEqual(new Set());
    fixture.clock.now += 999;
    expect(await bearer(token)).toBeNull();
  });

  it("refuses an expired token at once, however fresh the last answer is", async () => {
    const { code } = await fixture.auth.createSignInCode("local");
    const redeemed = await fixture.auth.redeemSignInCode(code);
    const { cookieSecret, expiresAt } = redeemed!;
    fixture.clock.now = expiresAt - 1;
    const known = await cookie(cookieSecret);
    expect(known).not.toBeNull();
    expect(await fixture.auth.activeTokens([known!.tokenId])).toEqual(new Set([known!.tokenId]));
    fixture.clock.now = expiresAt;
    expect(await cookie(cookieSecret)).toBeNull();
    expect(await fixture.auth.activeTokens([known!.tokenId])).toEqual(new Set());
  });

  it("asks the store once for a burst of requests", async () => {
    const token = await readToken();
    const findByHash = vi.spyOn(fixture.store.tokens, "findByHash");
    const burst = await Promise.all(Array.from({ length: 100 }, async () => bearer(token)));
    await bearer(token);
    expect(burst.every((answer) => answer?.principal.name === "local")).toBe(true);
    expect(findByHash).toHaveBeenCalledTimes(1);
  });

  it("notes the last use, at most once a minute", async () => {
    const token = await readToken();
    const start = fixture.clock.now;
    const lastUsed = async () => (await tokenRows())[0]?.lastUsedAt;
    await bearer(token);
    await vi.waitFor(async () => expect(await lastUsed()).toBe(start), 60_000);
    fixture.clock.now = start + MINUTE_MS - 1;
    await bearer(token);
    // Writes of one kind keep their order: had that been noted, it would be there after this one.
    await fixture.store.tokens.touch("nobody", 0);
    expect(await lastUsed()).toBe(start);
    fixture.clock.now = start + MINUTE_MS + 1_000;
    await bearer(token);
    await vi.waitFor(async () => expect(await lastUsed()).toBe(start + MINUTE_MS + 1_000), 60_000);
  });
});

describe("sign-in codes", () => {
  it("work once, and the cookie's secret outlives the server", async () => {
    const { code, expiresInMs } = await fixture.auth.createSignInCode("local");
    expect(expiresInMs).toBe(10 * MINUTE_MS);
    expect(code).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const redeemed = await fixture.auth.redeemSignInCode(code);
    expect(redeemed?.expiresAt).toBe(fixture.clock.now + 30 * DAY_MS);
    expect(await fixture.auth.redeemSignInCode(code)).toBeNull();
    const auth = await fixture.restart();
    expect(await cookie(redeemed!.cookieSecret, auth)).toMatchObject({
      principal: { name: "local" },
      via: "cookie",
    });
  });

  it("give one cookie however many ask at once", async () => {
    const { code } = await fixture.auth.createSignInCode("local");
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => fixture.auth.redeemSignInCode(code)),
    );
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
  });

  it("work on every node, once: the store has them", async () => {
    const other = await fixture.restart();
    const { code } = await fixture.auth.createSignInCode("local");
    expect(await other.whoseSignInCode(code)).toMatchObject({ name: "local" });
    const answers = await Promise.all(
      [fixture.auth, other, fixture.auth, other].map(async (auth) => auth.redeemSignInCode(code)),
    );
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
  });

  it("age within ten minutes", async () => {
    const { code: young } = await fixture.auth.createSignInCode("local");
    const { code: old } = await fixture.auth.createSignInCode("local");
    fixture.clock.now += 10 * MINUTE_MS - 1;
    expect(await fixture.auth.redeemSignInCode(young)).not.toBeNull();
    fixture.clock.now += 1;
    expect(await fixture.auth.redeemSignInCode(old)).toBeNull();
  });

  it("are bounded in number: the oldest goes", async () => {
    const codes = await newCodes(101, "local");
    expect(await fixture.auth.redeemSignInCode(codes[0]!)).toBeNull();
    expect(await fixture.auth.redeemSignInCode(codes[1]!)).not.toBeNull();
    expect(await fixture.auth.redeemSignInCode(codes[100]!)).not.toBeNull();
  });

  it("H21: are bounded for each token, so nobody pushes out the links of others", async () => {
    const token = await readToken();
    const reader = (await bearer(token))!;
    const { code: printed } = await fixture.auth.createSignInCode("local");
    const { code: operators } = await fixture.auth.createSignInCode(reader);
    const other = { ...reader, tokenId: "another token" };
    const others = await newCodes(300, other);
    expect(await fixture.auth.whoseSignInCode(others[0]!)).toBeNull();
    expect(await fixture.auth.whoseSignInCode(others[299]!)).toMatchObject({ name: "local" });
    expect(await fixture.auth.redeemSignInCode(printed)).not.toBeNull();
    expect(await fixture.auth.redeemSignInCode(operators)).not.toBeNull();
  });

  it("are refused where nobody made them", async () => {
    expect(await fixture.auth.redeemSignInCode("")).toBeNull();
    expect(await fixture.auth.redeemSignInCode("x".repeat(43))).toBeNull();
  });

  it("clear away the cookies that have expired", async () => {
    const signIn = async () =>
      fixture.auth.redeemSignInCode((await fixture.auth.createSignInCode("local")).code);
    await signIn();
    fixture.clock.now += 30 * DAY_MS;
    await signIn();
    expect((await tokenRows()).filter((row) => row.kind === "browser")).toHaveLength(1);
  });
});
