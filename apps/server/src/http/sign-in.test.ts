import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PAGE_KEY_HEADER } from "./browser-cookie.ts";
import {
  browserHeaders,
  type HttpFixture,
  JSON_TYPE,
  LIST,
  openHttpFixture,
} from "./testing/http-fixture.ts";

const PUBLIC = "trunkline.example.com";

let fixture: HttpFixture;
beforeEach(async () => {
  fixture = await openHttpFixture({
    config: { host: "127.0.0.1", port: 0, allowedOrigins: [`https://${PUBLIC}`], allowedHosts: [PUBLIC] },
  });
});
afterEach(async () => fixture[Symbol.asyncDispose]());

const newCode = async () => (await fixture.auth.auth.createSignInCode("local")).code;

describe("sign-in link", () => {
  it("is exchanged for a cookie and left behind", async () => {
    const answer = await fixture.send(`/sign-in?code=${await newCode()}`);
    expect(answer.status).toBe(303);
    expect(answer.headers).toMatchObject({
      location: expect.stringMatching(/^\/#page-key=[\w-]{43}[\w-]+$/) as string,
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    });
    expect(answer.headers["set-cookie"]).toEqual([
      expect.stringMatching(
        new RegExp(
          `^trunkline_${fixture.port}=tl_[\\w-]{43}\\.[\\w-]{43}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict$`,
        ),
      ),
    ]);
    const browser = browserHeaders(answer);
    expect((await fixture.send(LIST, { headers: browser })).status).toBe(200);
    expect((await fixture.send(LIST)).status).toBe(401);
  });

  it("H11: leaves the cookie worthless without the key that only this origin's page has", async () => {
    const browser = browserHeaders(await fixture.send(`/sign-in?code=${await newCode()}`));
    const other = browserHeaders(await fixture.send(`/sign-in?code=${await newCode()}`));
    const { cookie, [PAGE_KEY_HEADER]: key } = browser;
    const digest = cookie.slice(cookie.indexOf(".") + 1);
    // What another server on this host receives, with whatever a program can add to it.
    for (const stolen of ["", "x", digest, cookie, other[PAGE_KEY_HEADER], `${key}x`, key.slice(1)]) {
      const headers = {
        cookie,
        [PAGE_KEY_HEADER]: stolen,
        origin: fixture.url,
        "sec-fetch-site": "same-origin",
      };
      expect((await fixture.send(LIST, { headers })).status).toBe(401);
      const write = { method: "POST", body: "{}", headers: { ...headers, ...JSON_TYPE } };
      expect((await fixture.send("/trpc/session.create", write)).status).toBe(401);
      expect((await fixture.send("/api/tokens", write)).status).toBe(401);
    }
    // A cookie whose digest is made to fit a key of one's own is no cookie of ours.
    const own = createHash("sha256").update("mine").digest("base64url");
    const forged = { cookie: cookie.replace(digest, own), [PAGE_KEY_HEADER]: "mine" };
    expect((await fixture.send(LIST, { headers: forged })).status).toBe(401);
    expect((await fixture.send(LIST, { headers: browser })).status).toBe(200);
    expect(fixture.logLines.join("")).not.toContain(key);
  });

  it("gets a cookie that only TLS and this host carry, where the public origin has TLS", async () => {
    const answer = await fixture.send(`/sign-in?code=${await newCode()}`, { headers: { host: PUBLIC } });
    const [cookie] = answer.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/^__Host-trunkline_\d+=tl_.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    const [pair] = cookie!.split(";", 1);
    const read = (headers: Record<string, string>) =>
      fixture.send(LIST, { headers: { host: PUBLIC, ...headers } });
    const { [PAGE_KEY_HEADER]: key } = browserHeaders(answer);
    expect((await read({ cookie: pair!, [PAGE_KEY_HEADER]: key })).status).toBe(200);
    // Without the prefix anybody on a neighbouring subdomain could have set it.
    expect((await read({ cookie: pair!.replace("__Host-", ""), [PAGE_KEY_HEADER]: key })).status).toBe(401);
    const write = (origin: string) =>
      fixture.send("/trpc/session.create", {
        method: "POST",
        body: "{}",
        headers: { host: PUBLIC, cookie: pair!, [PAGE_KEY_HEADER]: key, origin, ...JSON_TYPE },
      });
    expect((await write(`https://${PUBLIC}`)).status).toBe(200);
    expect((await write(`http://${PUBLIC}`)).status).toBe(403);
  });

  it("works once", async () => {
    const path = `/sign-in?code=${await newCode()}`;
    const first = await fixture.send(path);
    const second = await fixture.send(path);
    expect([first.status, second.status]).toEqual([303, 403]);
    expect(second.headers["set-cookie"]).toBeUndefined();
  });

  it("lets whoever is signed in already go on, though it is used up", async () => {
    const path = `/sign-in?code=${await newCode()}`;
    const [cookie] = (await fixture.send(path)).headers["set-cookie"]![0]!.split(";", 1);
    const again = await fixture.send(path, { headers: { cookie } });
    expect(again.status).toBe(303);
    expect(again.headers["set-cookie"]).toBeUndefined();
  });

  it("ages", async () => {
    const path = `/sign-in?code=${await newCode()}`;
    fixture.auth.clock.now += 10 * 60_000;
    expect((await fixture.send(path)).status).toBe(403);
  });

  it.each([
    "/sign-in",
    "/sign-in?code=",
    "/sign-in?code=x",
    `/sign-in?code=${"x".repeat(43)}`,
    "/sign-in?code=a&code=b",
  ])("is refused as %s, with a page that says how to get another", async (path) => {
    const answer = await fixture.send(path);
    expect(answer.status).toBe(403);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; /,
    );
    expect(answer.body).toContain("trunkline login");
    expect(answer.body).toContain("npm start");
    expect(answer.body).not.toMatch(/<script|https?:/);
  });

  it("is not used up by a program that only looks", async () => {
    const path = `/sign-in?code=${await newCode()}`;
    for (const method of ["HEAD", "OPTIONS", "PUT"]) {
      expect((await fixture.send(path, { method })).status).toBe(405);
    }
    expect((await fixture.send(path)).status).toBe(303);
  });

  describe("H10: a link that somebody else may have made", () => {
    const UA = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" };
    const open = async (headers: Record<string, string>, given?: string) => {
      const code = given ?? (await newCode());
      const answer = await fixture.send(`/sign-in?code=${code}`, { headers: { ...UA, ...headers } });
      return { code, answer };
    };
    const press = async (code: string, headers: Record<string, string>) =>
      fixture.send("/sign-in", {
        method: "POST",
        headers: { ...UA, "content-type": "application/x-www-form-urlencoded", ...headers },
        body: new URLSearchParams({ code }).toString(),
      });

    it.each([
      ["a page of ours, where a model wrote it", { "sec-fetch-site": "same-origin" }],
      ["a page on another port", { "sec-fetch-site": "same-site" }],
      ["another site", { "sec-fetch-site": "cross-site" }],
      ["a browser that does not say, over plain HTTP", {}],
    ])("from %s asks, and signs in nobody before the button is pressed", async (_name, headers) => {
      const { code, answer } = await open(headers);
      expect(answer.status).toBe(200);
      expect(answer.headers["set-cookie"]).toBeUndefined();
      expect(answer.body).toContain("Sign in as local?");
      expect(answer.headers["content-security-policy"]).toContain("form-action 'self'");
      expect(answer.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      // Under no-referrer a browser would send "Origin: null" with the form.
      expect(answer.headers["referrer-policy"]).toBe("same-origin");

      for (const origin of ["https://evil.example", "null", `http://localhost:${fixture.port + 1}`]) {
        expect((await press(code, { origin })).status).toBe(403);
      }
      expect((await press(code, {})).status).toBe(403);
      const pressed = await press(code, { origin: fixture.url });
      expect(pressed.status).toBe(303);
      expect(pressed.headers["set-cookie"]).toHaveLength(1);
      expect((await press(code, { origin: fixture.url })).status).toBe(403);
    });

    it("opened by hand it asks nothing", async () => {
      expect((await open({ "sec-fetch-site": "none" })).answer.status).toBe(303);
    });

    it("opened by hand where somebody else is signed in, it asks", async () => {
      const { store, clock } = fixture.auth;
      await store.users.ensure({ id: "alice", name: "alice", createdAt: clock.now, removedAt: null });
      const alice = fixture.auth.auth.newToken({
        userId: "alice",
        name: "x",
        scope: "write",
        createdAt: clock.now,
        expiresAt: null,
      });
      await store.tokens.add(alice.token);
      const signedIn = await fixture.send("/sign-in", {
        method: "POST",
        headers: { ...JSON_TYPE, origin: fixture.url },
        body: JSON.stringify({ token: alice.secret }),
      });
      const [cookie = ""] = signedIn.headers["set-cookie"]![0]!.split(";", 1);
      const { answer } = await open({ "sec-fetch-site": "none", cookie });
      expect(answer.status).toBe(200);
      expect(answer.body).toMatch(/signed in as\s+<code>alice<\/code>/);
      expect(answer.headers["set-cookie"]).toBeUndefined();
    });
  });

  it("does not show in the log", async () => {
    const code = await newCode();
    const { headers } = await fixture.send(`/sign-in?code=${code}`);
    const cookie = headers["set-cookie"]![0]!.split(/[=;]/)[1]!;
    const log = fixture.logLines.join("");
    expect(log).toContain('"path":"/sign-in"');
    expect(log).not.toContain(code);
    expect(log).not.toContain(cookie);
  });
});

describe("POST /api/sign-in-codes", () => {
  const ask = async (headers: Record<string, string>) =>
    fixture.send("/api/sign-in-codes", { method: "POST", body: "{}", headers: { ...JSON_TYPE, ...headers } });

  it("gives who holds the token a link that works", async () => {
    const answer = await ask({ authorization: `Bearer ${fixture.token}` });
    expect(answer.status).toBe(200);
    const { url, expiresInMs } = answer.json() as { url: string; expiresInMs: number };
    expect(expiresInMs).toBe(600_000);
    expect(url.startsWith(`${fixture.url}/sign-in?code=`)).toBe(true);
    expect((await fixture.send(url.slice(fixture.url.length))).status).toBe(303);
  });

  it("names the server as the caller reaches it", async () => {
    const answer = await ask({ authorization: `Bearer ${fixture.token}`, host: PUBLIC });
    expect(answer.json()).toMatchObject({ url: expect.stringMatching(`^https://${PUBLIC}/sign-in\\?code=`) });
  });

  it("gives a browser nothing: a cookie cannot be multiplied", async () => {
    const answer = await ask({ ...(await fixture.signIn()), origin: fixture.url });
    expect(answer.status).toBe(403);
    expect(answer.error().data.reason).toBe("forbidden");
    expect((await ask({})).status).toBe(401);
  });
});
