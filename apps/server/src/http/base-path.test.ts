import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { ServerInfo } from "@trunkline/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chooseBasePath } from "../compose/settings.ts";
import type { Web } from "../web/port.ts";
import { PAGE_KEY_HEADER } from "./browser-cookie.ts";
import { FakeServices } from "./testing/fake-services.ts";
import { browserHeaders, type HttpFixture, openHttpFixture } from "./testing/http-fixture.ts";

const PUBLIC = "apps.example.com";
const HTML = { accept: "text/html" };
const LIST = "/agents/trpc/session.list?input=%7B%7D";

let fixture: HttpFixture;
let ui: Server;
let uiUrl: string | null = null;
const web: Web = { mode: "production", url: () => uiUrl, problem: () => null };
const asked: { url: string | undefined; encoding: string | string[] | undefined }[] = [];

/** A path of the whole host, where the fixture's are below the base path. */
async function outside(path: string, headers: Record<string, string> = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request({ host: "127.0.0.1", port: fixture.port, path, headers, agent: false }, resolve)
    .on("error", reject)
    .end();
  const answer = await promise;
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

const reasonOf = ({ body }: { body: string }) =>
  (JSON.parse(body) as { error: { data: { reason: string } } }).error.data.reason;

/** By path, as the built UI answers. */
const UI: Record<string, [string, string]> = {
  "/s/1": ["text/html; charset=utf-8", '<script src="/_next/static/a.js"></script>"/_next/static/b.js"'],
  "/_next/static/a.js": ["application/javascript; charset=UTF-8", 'base="/_next/";at="x/_next/"'],
  "/offline-worker.js": ["application/javascript; charset=UTF-8", '"/_next/static/"'],
  "/font": ["font/woff2", "bytes"],
};

beforeAll(async () => {
  ui = createServer((incoming, outgoing) => {
    asked.push({ url: incoming.url, encoding: incoming.headers["accept-encoding"] });
    if (incoming.url === "/settings/") return void outgoing.writeHead(308, { location: "/settings" }).end();
    const [type, body] = UI[incoming.url ?? ""] ?? ["text/html", ""];
    const link = '</_next/static/f.woff2>; rel=preload, <https://x.test/_next/y>; rel="z"';
    return void outgoing.writeHead(200, { "content-type": type, link }).end(body);
  }).listen(0, "127.0.0.1");
  await once(ui, "listening");
  uiUrl = `http://127.0.0.1:${(ui.address() as AddressInfo).port}`;
  const services = new FakeServices().asServices();
  fixture = await openHttpFixture({
    web,
    services: {
      ...services,
      server: { ...services.server, info: async () => ({ version: "1" }) as ServerInfo },
    },
    config: { basePath: "/agents", allowedOrigins: [`https://${PUBLIC}`], allowedHosts: [PUBLIC] },
  });
});
afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
  ui.closeAllConnections();
  ui.close();
});

describe("the base path", () => {
  const choose = (basePath?: string, ofFile?: string, dev = false) =>
    chooseBasePath({ basePath, web: dev ? "dev" : "on" }, { sections: { basePath: ofFile } });

  it("is the environment's, the file's, or none", () => {
    expect(choose()).toBe("");
    expect(choose("/agents/")).toBe("/agents");
    expect(choose("/a/b-c_d.e~f", "/x")).toBe("/a/b-c_d.e~f");
    expect(choose(undefined, "/x")).toBe("/x");
    expect(choose("/", "/x")).toBe("");
  });

  it.each([
    "agents",
    "//",
    "/a//b",
    "/a/../b",
    "/.",
    "/ä",
    "/a b",
    "/a;b",
    '/"',
    "/a?b",
    `/${"a".repeat(200)}`,
  ])("is not %j", (path) => {
    expect(() => choose(path)).toThrow("TRUNKLINE_BASE_PATH ");
  });

  it("is for the built UI", () => {
    expect(() => choose("/agents", undefined, true)).toThrow("Only the built UI");
  });
});

describe("below a base path", () => {
  it("everything is there: health, API, its page, the UI", async () => {
    expect(fixture.url).toBe(`http://127.0.0.1:${fixture.port}/agents`);
    const paths = ["/agents/health", "/agents/api/openapi.json", "/agents/api/docs", LIST, "/agents/s/1"];
    const at = `http://127.0.0.1:${fixture.port}`;
    const headers = { authorization: `Bearer ${fixture.token}` };
    const statuses = await Promise.all(
      paths.map(async (path) => (await fetch(at + path, { headers })).status),
    );
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    const { servers } = (await (await fetch(`${at}/agents/api/openapi.json`, { headers })).json()) as {
      servers: { url: string }[];
    };
    expect(servers.map(({ url }) => url)).toEqual(["/agents/api"]);
    const page = await (await fetch(`${at}/agents/api/docs`, { headers })).text();
    expect(page).toContain('"/agents/api/docs/swagger-ui.css"');
    const start = await (await fetch(`${at}/agents/api/docs/start.js`, { headers })).text();
    expect(start).toContain('url: "/agents/api/openapi.json"');
    expect(start).toContain('"/agentstrunkline.page-key"');
  });

  it("what names the server too is the same", async () => {
    const answer = await fixture.sendRaw(
      `GET http://127.0.0.1:${fixture.port}/agents/health?x HTTP/1.1\r\nHost: 127.0.0.1:${fixture.port}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("a browser signs in with a cookie for that path", async () => {
    const { code } = await fixture.auth.auth.createSignInCode("local");
    const answer = await outside(`/agents/sign-in?code=${code}`, { host: PUBLIC });
    expect([answer.status, answer.headers.location]).toEqual([
      303,
      expect.stringMatching(/^\/agents\/#page-key=[\w-]{43}[\w-]+$/),
    ]);
    expect(answer.headers["set-cookie"]).toEqual([
      expect.stringMatching(
        /^__Secure-trunkline_443_agents=\S+; Max-Age=\d+; Path=\/agents; HttpOnly; Secure; SameSite=Strict$/,
      ),
    ]);
    const browser = { ...browserHeaders(answer), host: PUBLIC };
    expect((await outside(LIST, browser)).status).toBe(200);
    expect((await outside(LIST, { ...browser, [PAGE_KEY_HEADER]: "" })).status).toBe(401);
    const confirm = await outside(
      `/agents/sign-in?code=${(await fixture.auth.auth.createSignInCode("local")).code}`,
      {
        "sec-fetch-site": "cross-site",
      },
    );
    expect(confirm.body).toContain('action="/agents/sign-in"');
    expect(confirm.body).toContain('href="/agents/"');
    const callback = await outside("/agents/mcp/authorized?code=1&state=2");
    expect(callback.body).toContain('action="/agents/mcp/authorized"');
    const made = await fixture.sendAsOwner("/api/sign-in-codes", {
      method: "POST",
      headers: { "content-type": "application/json", host: PUBLIC },
      body: "{}",
    });
    expect((made.json() as { url: string }).url).toMatch(
      /^https:\/\/apps\.example\.com\/agents\/sign-in\?code=/,
    );
  });

  it("the UI's process knows only paths without it, and what it names is below it", async () => {
    asked.length = 0;
    const page = await outside("/agents/s/1", { "accept-encoding": "br, gzip", range: "bytes=0-1" });
    expect(asked).toEqual([{ url: "/s/1", encoding: undefined }]);
    expect(page.headers["content-encoding"]).toBe("gzip");
    expect(page.headers["link"]).toBe(
      '</agents/_next/static/f.woff2>; rel=preload, <https://x.test/_next/y>; rel="z"',
    );
    const plain = await outside("/agents/s/1");
    expect(plain.body).toBe('<script src="/agents/_next/static/a.js"></script>"/agents/_next/static/b.js"');
    expect((await outside("/agents/_next/static/a.js")).body).toBe('base="/agents/_next/";at="x/_next/"');
    // It finds out for itself.
    expect((await outside("/agents/offline-worker.js")).body).toBe('"/_next/static/"');
    expect((await outside("/agents/font")).body).toBe("bytes");
    expect((await outside("/agents/settings/")).headers.location).toBe("/agents/settings");
    const zipped = await fetch(`${fixture.url}/_next/static/a.js`, {
      headers: { "accept-encoding": "gzip" },
    });
    expect(await zipped.text()).toContain("/agents/_next/");
  });

  it("nothing is elsewhere, but what a server is watched by", async () => {
    for (const path of ["/health", "/ready"]) expect((await outside(path)).status).toBe(200);
    expect((await outside("/metrics")).status).toBe(401);
    const moved = await Promise.all(
      ["/", "/?x=1", "/agents", "/agents?x=1"].map(async (path) => outside(path)),
    );
    expect(moved.map(({ status, headers }) => [status, headers.location])).toEqual([
      [307, "/agents/"],
      [307, "/agents/"],
      [307, "/agents/"],
      [307, "/agents/?x=1"],
    ]);
    for (const path of [
      "/api/sessions",
      "/trpc/session.list",
      "/agentsx/health",
      "/sign-in?code=x",
      "/s/1",
    ]) {
      const refused = await outside(path, { authorization: `Bearer ${fixture.token}` });
      expect([path, refused.status, reasonOf(refused)]).toEqual([path, 404, "not_found"]);
      expect(refused.body).toContain("this server is below /agents/");
    }
    const page = await outside("/settings", HTML);
    expect([page.status, page.headers["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
    expect(page.body).toContain('<a href="/agents/">/agents/</a>');
  });
});
