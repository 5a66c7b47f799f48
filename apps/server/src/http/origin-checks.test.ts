import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type BrowserHeaders,
  type HttpFixture,
  JSON_TYPE,
  LIST,
  openHttpFixture,
} from "./testing/http-fixture.ts";

const LISTED = "https://app.example.com:8443";
const CREATE = { method: "POST", body: JSON.stringify({ title: "made" }) };

let fixture: HttpFixture;
let browser: BrowserHeaders;
let own: string;
beforeAll(async () => {
  fixture = await openHttpFixture({
    config: { host: "127.0.0.1", port: 0, allowedOrigins: [LISTED], allowedHosts: [] },
  });
  browser = await fixture.signIn();
  own = fixture.url;
});
afterAll(async () => fixture[Symbol.asyncDispose]());

/** PORT stands for the server's port. */
const fill = (text: string) => text.replaceAll("PORT", String(fixture.port));

const FOREIGN: [string, string][] = [
  ["another site", "https://evil.example"],
  ["no origin that may be named", "null"],
  ["our host on another port", "http://127.0.0.1:1"],
  ["our host without the port", "http://127.0.0.1"],
  ["another scheme", "https://127.0.0.1:PORT"],
  ["another of our names", "http://localhost:PORT"],
  ["our host with a dot", "http://127.0.0.1.:PORT"],
  ["ours as the beginning", "http://127.0.0.1:PORT.evil.example"],
  ["ours as the end", "http://evil.example/http://127.0.0.1:PORT"],
  ["a path behind ours", "http://127.0.0.1:PORT/"],
  ["a listed one's suffix", "https://app.example.com:84430"],
  ["a listed one as the beginning", "https://app.example.com:8443.evil.example"],
  ["a listed one's subdomain", "https://a.app.example.com:8443"],
  ["a listed one without its port", "https://app.example.com"],
  ["a listed one's other scheme", "http://app.example.com:8443"],
  ["a listed one in capitals", "HTTPS://APP.EXAMPLE.COM:8443"],
  ["two", "http://127.0.0.1:PORT, https://evil.example"],
];

describe.each([
  ["a bearer token", () => ({ authorization: `Bearer ${fixture.token}` })],
  ["a cookie", () => browser],
])("with %s", (_credentials, credentials) => {
  it.each(FOREIGN)("an Origin that is %s may neither write nor read", async (_name, origin) => {
    const headers = { ...credentials(), origin: fill(origin) };
    const before = fixture.services.created.length;
    for (const request of [
      { ...CREATE, path: "/trpc/session.create", headers: { ...headers, ...JSON_TYPE } },
      { path: LIST, headers },
      { path: `/trpc/session.subscribe?input=${encodeURIComponent('{"sessionId":"x"}')}`, headers },
      { ...CREATE, path: "/api/sign-in-codes", headers: { ...headers, ...JSON_TYPE } },
    ]) {
      const answer = await fixture.send(request.path, request);
      expect(answer.status).toBe(403);
      expect(answer.error().data.reason).toBe("forbidden");
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
    }
    expect(fixture.services.created).toHaveLength(before);
  });

  it("our own Origin may write and read", async () => {
    const headers = { ...credentials(), origin: own, "sec-fetch-site": "same-origin" };
    const written = await fixture.send("/trpc/session.create", {
      ...CREATE,
      headers: { ...headers, ...JSON_TYPE },
    });
    expect(written.status).toBe(200);
    expect(written.headers["access-control-allow-origin"]).toBeUndefined();
    expect((await fixture.send(LIST, { headers })).status).toBe(200);
  });

  it("a listed Origin may write and read, and is told so", async () => {
    const headers = { ...credentials(), origin: LISTED, "sec-fetch-site": "cross-site" };
    const written = await fixture.send("/trpc/session.create", {
      ...CREATE,
      headers: { ...headers, ...JSON_TYPE },
    });
    expect(written.status).toBe(200);
    expect(written.headers["access-control-allow-origin"]).toBe(LISTED);
    expect(written.headers["access-control-allow-credentials"]).toBe("true");
    expect(written.headers["vary"]).toMatch(/\bOrigin\b/);
  });
});

describe("a cookie alone", () => {
  const write = async (headers: Record<string, string>) =>
    fixture.send("/trpc/session.create", { ...CREATE, headers: { ...browser, ...JSON_TYPE, ...headers } });
  const read = async (headers: Record<string, string>) =>
    fixture.send(LIST, { headers: { ...browser, ...headers } });

  it("writes nothing without an Origin, where a bearer token does", async () => {
    expect((await write({})).status).toBe(403);
    expect((await write({ "sec-fetch-site": "same-origin" })).status).toBe(403);
    const answer = await fixture.sendAsOwner("/trpc/session.create", { ...CREATE, headers: JSON_TYPE });
    expect(answer.status).toBe(200);
  });

  it.each(["cross-site", "same-site", "something-new"])(
    "is refused with Sec-Fetch-Site: %s",
    async (site) => {
      expect((await write({ origin: own, "sec-fetch-site": site })).status).toBe(403);
      expect((await read({ "sec-fetch-site": site })).status).toBe(403);
    },
  );

  it.each([undefined, "same-origin", "none"])("reads with Sec-Fetch-Site: %s", async (site) => {
    expect((await read(site === undefined ? {} : { "sec-fetch-site": site })).status).toBe(200);
  });
});

describe("CORS", () => {
  const preflight = async (origin: string) =>
    fixture.send("/trpc/session.create", {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    });

  it("answers the preflight of a listed origin", async () => {
    const answer = await preflight(LISTED);
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": LISTED,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": expect.stringContaining("POST"),
      "access-control-allow-headers": expect.stringContaining("authorization"),
      vary: expect.stringContaining("Origin"),
    });
  });

  it.each([...FOREIGN, ["our own, which needs none", "http://127.0.0.1:PORT"] as [string, string]])(
    "says nothing to an origin that is %s",
    async (_name, origin) => {
      const answer = await preflight(fill(origin));
      expect(answer.status).toBeGreaterThanOrEqual(403);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
    },
  );

  it("names the Origin in Vary on every answer, so that no cache mixes them up", async () => {
    const answer = await fixture.sendAsOwner(LIST);
    expect(answer.headers["vary"]).toMatch(/\bOrigin\b/);
  });

  it.each(["*", "null", "https://app.example.com/", "app.example.com", "https://APP.example.com"])(
    "does not start with '%s' as an allowed origin",
    async (origin) => {
      const opening = openHttpFixture({
        config: { host: "127.0.0.1", port: 0, allowedOrigins: [origin], allowedHosts: [] },
      });
      await expect(opening).rejects.toThrow(/TRUNKLINE_ALLOWED_ORIGINS/);
    },
  );
});
