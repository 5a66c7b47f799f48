import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { gzipSync } from "node:zlib";
import { waitFor } from "@trunkline/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Web } from "../web/port.ts";
import { type HttpFixture, openHttpFixture } from "./testing/http-fixture.ts";

let fixture: HttpFixture;
let upstream: Server;
let received: IncomingMessage[];
let answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
let url: string | null;
let problem: string | null = null;
const web: Web = { mode: "production", url: () => url, problem: () => problem };

beforeEach(async () => {
  received = [];
  answer = (_incoming, outgoing) => {
    outgoing.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<!doctype html>hello");
  };
  upstream = createServer((incoming, outgoing) => {
    received.push(incoming);
    answer(incoming, outgoing);
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  fixture = await openHttpFixture({ web });
});
afterEach(async () => {
  await fixture[Symbol.asyncDispose]();
  upstream.closeAllConnections();
  upstream.close();
});

describe("UI proxy", () => {
  it("passes pages and files on, with their path and query", async () => {
    const page = await fixture.send("/sessions/1?tab=a%20b&x=//evil.example");
    expect(page.status).toBe(200);
    expect(page.body).toBe("<!doctype html>hello");
    expect(received[0]?.url).toBe("/sessions/1?tab=a%20b&x=//evil.example");
    await fixture.send("//evil.example/x");
    expect(received[1]?.url).toBe("//evil.example/x");
  });

  it("never shows credentials, nor anything else that is not on its list", async () => {
    const browser = await fixture.signIn();
    await fixture.send("/", {
      headers: {
        ...browser,
        authorization: `Bearer ${fixture.token}`,
        "proxy-authorization": "Basic eA==",
        "x-middleware-subrequest": "middleware:middleware",
        "x-forwarded-host": "evil.example",
        "x-nonce": "mine",
        "next-action": "x",
        accept: "text/html",
        "next-router-state-tree": "tree",
        rsc: "1",
      },
    });
    const { headers } = received[0]!;
    expect(Object.keys(headers).toSorted()).toEqual([
      "accept",
      "connection",
      "content-security-policy",
      "host",
      "next-router-state-tree",
      "rsc",
    ]);
    expect(JSON.stringify(headers)).not.toContain("tl_");
    expect(headers.host).toBe(url!.slice("http://".length));
  });

  it("gives every page a policy with a nonce of its own, which the UI's process hears too", async () => {
    const pages = [await fixture.send("/"), await fixture.send("/")];
    const policies = pages.map((page) => String(page.headers["content-security-policy"]));
    const nonce = /'nonce-([A-Za-z0-9+/]{22}==)'/.exec(policies[0] ?? "")?.[1];
    expect(policies[0]?.split("; ")).toEqual([
      "default-src 'none'",
      `script-src 'self' 'nonce-${nonce}'`,
      `style-src 'self' 'nonce-${nonce}'`,
      "style-src-attr 'unsafe-inline'",
      "img-src 'self' blob:",
      "font-src 'self'",
      "connect-src 'self'",
      "manifest-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'self'",
    ]);
    expect(policies[0]).not.toBe(policies[1]);
    expect(received.map(({ headers }) => headers["content-security-policy"])).toEqual(policies);
    expect(pages[0]?.headers).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
  });

  it("leaves what is no file of the build as it is: compressed, revalidated, in part", async () => {
    const icon = gzipSync("<svg/>".repeat(100));
    answer = (incoming, outgoing) => {
      if (incoming.headers["if-none-match"] === '"v1"')
        return outgoing.writeHead(304, { etag: '"v1"' }).end();
      if (incoming.headers.range === "bytes=0-3") {
        return outgoing.writeHead(206, { "content-range": "bytes 0-3/10" }).end("<svg");
      }
      return outgoing
        .writeHead(200, {
          "content-type": "image/svg+xml",
          "content-encoding": "gzip",
          "cache-control": "public, max-age=0",
          etag: '"v1"',
          "x-powered-by": "Next.js",
          "set-cookie": "session=theirs",
        })
        .end(icon);
    };
    const path = "/icon.svg";
    const whole = await fixture.send(path, { headers: { "accept-encoding": "gzip" } });
    expect(whole.headers).toMatchObject({
      "content-encoding": "gzip",
      "cache-control": "public, max-age=0",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    });
    expect(whole.headers["x-powered-by"]).toBeUndefined();
    expect(whole.headers["set-cookie"]).toBeUndefined();
    expect(received[0]?.headers["accept-encoding"]).toBe("gzip");
    const unchanged = await fixture.send(path, { headers: { "if-none-match": '"v1"' } });
    expect([unchanged.status, unchanged.body]).toEqual([304, ""]);
    const part = await fixture.send(path, { headers: { range: "bytes=0-3" } });
    expect([part.status, part.body]).toEqual([206, "<svg"]);
    const head = await fixture.send(path, { method: "HEAD" });
    expect([head.status, head.body]).toEqual([200, ""]);
    expect(received.at(-1)?.method).toBe("HEAD");
  });

  it("asks for a file of the build once in each encoding, however its path is written", async () => {
    const script = "let x = 1;".repeat(100);
    answer = (incoming, outgoing) => {
      const isPacked = incoming.headers["accept-encoding"] === "gzip";
      outgoing
        .writeHead(200, {
          "content-type": "application/javascript",
          "cache-control": "public, max-age=31536000, immutable",
          etag: '"v1"',
          vary: "Accept-Encoding",
          ...(isPacked ? { "content-encoding": "gzip" } : { "content-length": script.length }),
        })
        .end(isPacked ? gzipSync(script) : script);
    };
    const path = "/_next/static/app.js";
    const packed = { "accept-encoding": "br, gzip" };
    expect((await fixture.send(path, { method: "HEAD" })).body).toBe("");
    const plain = await fixture.send("/_next/static/%61pp.js?x=1", { headers: { range: "bytes=0-3" } });
    expect([plain.status, plain.body]).toEqual([200, script]);
    expect(plain.headers).toMatchObject({
      "cache-control": "public, max-age=31536000, immutable",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      etag: '"v1"',
    });
    for (let count = 0; count < 2; count++) {
      expect((await fixture.send(path, { headers: packed })).headers["content-encoding"]).toBe("gzip");
    }
    const unchanged = await fixture.send(path, { headers: { ...packed, "if-none-match": '"v1"' } });
    expect([unchanged.status, unchanged.body]).toEqual([304, ""]);
    expect(received.map(({ method, headers }) => [method, headers["accept-encoding"]])).toEqual([
      ["GET", "identity"],
      ["GET", "gzip"],
    ]);
  });

  it("asks again for a file that was not there, or is not final", async () => {
    let status = 404;
    answer = (_incoming, outgoing) => outgoing.writeHead(status, { "cache-control": "no-store" }).end("x");
    for (const next of [404, 200, 200]) {
      status = next;
      expect((await fixture.send("/_next/static/app.js")).status).toBe(next);
    }
    expect(received).toHaveLength(3);
  });

  it("answers others while somebody does not read what was asked for", async () => {
    const large = Buffer.alloc(100_000);
    answer = ({ url: path }, outgoing) => outgoing.end(path === "/large" ? large : "small");
    const client = connect(fixture.port, "127.0.0.1").pause();
    client.write(`GET /large HTTP/1.1\r\nHost: 127.0.0.1:${fixture.port}\r\n\r\n`.repeat(400));
    await waitFor("all that was asked for", () => received.length === 400);
    expect((await fixture.send("/")).body).toBe("small");
    client.destroy();
  });

  it("asks for so much at a time for one network, and meanwhile for others", async () => {
    await using proxied = await openHttpFixture({ web, config: { trustedProxies: ["127.0.0.1"] } });
    const open: ServerResponse[] = [];
    answer = (_incoming, outgoing) => void open.push(outgoing);
    const from = async (address: string) => proxied.send("/", { headers: { "x-forwarded-for": address } });
    const theirs = Array.from({ length: 20 }, async () => from("192.0.2.1"));
    await waitFor("what there is room for", () => open.length === 16);
    const other = from("192.0.2.2");
    await waitFor("the other network's", () => open.length === 17);
    open.pop()?.end("page");
    expect((await other).body).toBe("page");
    expect(open).toHaveLength(16);
    answer = (_incoming, outgoing) => outgoing.end("page");
    for (const outgoing of open) outgoing.end("page");
    expect((await Promise.all(theirs)).map(({ body }) => body)).toEqual(theirs.map(() => "page"));
  });

  it("passes redirects and errors on instead of following them", async () => {
    answer = (_incoming, outgoing) => outgoing.writeHead(307, { location: "/elsewhere" }).end();
    const redirect = await fixture.send("/");
    expect([redirect.status, redirect.headers.location]).toEqual([307, "/elsewhere"]);
    answer = (_incoming, outgoing) => outgoing.writeHead(404, { "content-type": "text/html" }).end("none");
    expect((await fixture.send("/x")).status).toBe(404);
  });

  it.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])("does not pass %s on", async (method) => {
    const refused = await fixture.send("/", { method, body: "x" });
    expect(refused.status).toBe(405);
    expect(refused.headers["allow"]).toBe("GET, HEAD");
    expect(received).toEqual([]);
  });

  it("lets go of the UI's process when the browser does", async () => {
    const begun = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    answer = (_incoming, outgoing) => {
      outgoing.on("close", () => closed.resolve());
      outgoing.writeHead(200, { "content-type": "text/html" }).write("endless", () => begun.resolve());
    };
    const client = connect(fixture.port, "127.0.0.1");
    client.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${fixture.port}\r\n\r\n`);
    await begun.promise;
    client.destroy();
    await expect(closed.promise).resolves.toBeUndefined();
  });

  it("shows a page that asks again while the UI's process starts or is gone", async () => {
    url = null;
    const starting = await fixture.send("/sessions");
    expect(starting.status).toBe(502);
    expect(starting.headers["retry-after"]).toBe("1");
    expect(starting.body).toContain('<meta http-equiv="refresh" content="1" />');
    expect(starting.body).not.toContain("<script");
    url = "http://127.0.0.1:1";
    expect((await fixture.send("/")).status).toBe(502);
    expect((await fixture.send("/health")).status).toBe(200);
  });

  it("says so where the UI's process dies in the middle of an answer", async () => {
    answer = (_incoming, outgoing) => {
      outgoing.writeHead(200, { "content-type": "text/html", "content-length": 1_000 });
      outgoing.write("half", () => outgoing.destroy());
    };
    const page = await fixture.send("/");
    expect(page.status).toBe(502);
    expect(page.body).toContain("Trunkline is starting");
  });
});

describe("without the UI", () => {
  it("F4: says what keeps it from starting, and does not reload for ever", async () => {
    problem = "The web UI is not built. Build it <now>.";
    const page = await fixture.send("/");
    problem = null;
    expect(page.status).toBe(503);
    expect(page.body).toContain("The web UI is not built. Build it &lt;now&gt;.");
    expect(page.body).not.toContain("http-equiv");
  });

  it("says where the API is", async () => {
    await using bare = await openHttpFixture({ web: null });
    const page = await bare.send("/");
    expect(page.status).toBe(200);
    expect(page.headers["content-type"]).toMatch(/^text\/plain/);
    expect(page.body).toMatch(/UI is off[\s\S]*\/trpc/);
    expect((await bare.send("/sessions")).status).toBe(404);
    expect((await bare.send("/", { method: "POST", body: "x" })).status).toBe(405);
  });
});
