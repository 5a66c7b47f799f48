import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HttpFixture, LIST, openHttpFixture } from "./testing/http-fixture.ts";

let fixture: HttpFixture;
beforeAll(async () => {
  fixture = await openHttpFixture({
    config: {
      host: "127.0.0.1",
      port: 0,
      allowedOrigins: [],
      allowedHosts: ["trunkline.example.com", "box:8080"],
    },
  });
});
afterAll(async () => fixture[Symbol.asyncDispose]());

/** PORT stands for the server's port. */
async function statusOf(head: string): Promise<number> {
  const answer = await fixture.sendRaw(
    `${head.replaceAll("PORT", String(fixture.port))}\r\nConnection: close\r\n\r\n`,
  );
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}

describe("E10: opened by an address that is not set up", () => {
  const open = async (host: string, accept: string) => fixture.send("/", { headers: { host, accept } });

  it.each([
    ["an address of the LAN", "192.168.1.20:4400"],
    ["another port, through ssh -L", "localhost:9000"],
    ["a name", "Box.lan:4400"],
    ["an IPv6 address", "[fd00::1]:4400"],
  ])("%s: a browser gets a page that says which variable to set", async (_name, host) => {
    const answer = await open(host, "text/html,application/xhtml+xml,*/*;q=0.8");
    expect(answer.status).toBe(421);
    expect(answer.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "x-content-type-options": "nosniff",
      "content-security-policy": expect.stringMatching(/^default-src 'none'; style-src 'sha256-/),
    });
    expect(answer.body).toContain(`<code>TRUNKLINE_ALLOWED_HOSTS=${host.toLowerCase()}</code>`);
  });

  it("a program gets JSON", async () => {
    const answer = await open("192.168.1.20:4400", "*/*");
    expect(answer.status).toBe(421);
    expect(answer.error()).toMatchObject({
      message: expect.stringContaining(" set TRUNKLINE_ALLOWED_HOSTS=192.168.1.20:4400 and "),
      data: { reason: "forbidden" },
    });
  });

  it("what is no name is not repeated", async () => {
    const answer = await open(`evil"><script>alert(1)</script>`, "text/html");
    expect(answer.status).toBe(421);
    expect(answer.body).toContain("<code>TRUNKLINE_ALLOWED_HOSTS=HOST:PORT</code>");
    expect(answer.body).not.toContain("evil");
  });
});

describe("Host", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1:PORT"],
    ["localhost", "localhost:PORT"],
    ["capitals", "LOCALHOST:PORT"],
    ["IPv6 loopback", "[::1]:PORT"],
    ["an allowed name", "trunkline.example.com"],
    ["an allowed name with a port", "box:8080"],
  ])("%s is ours", async (_name, host) => {
    expect(await statusOf(`GET /health HTTP/1.1\r\nHost: ${host}`)).toBe(200);
  });

  it.each([
    ["a foreign name", "evil.example"],
    ["a foreign name with our port", "evil.example:PORT"],
    ["a name that ends in ours", "evil-localhost:PORT"],
    ["a name that begins with ours", "localhost.evil.example:PORT"],
    ["our name with a dot at the end", "localhost.:PORT"],
    ["our address with a dot at the end", "127.0.0.1.:PORT"],
    ["our name without the port", "localhost"],
    ["our name with another port", "localhost:1"],
    ["our name with a padded port", "localhost:0PORT"],
    ["another loopback address", "127.0.0.2:PORT"],
    ["the address as a number", "2130706433:PORT"],
    ["the unspecified address", "0.0.0.0:PORT"],
    ["a user part", "evil@localhost:PORT"],
    ["two names", "localhost:PORT, evil.example"],
    ["an allowed name with a port it was not allowed with", "trunkline.example.com:PORT"],
    ["a subdomain of an allowed name", "a.trunkline.example.com"],
    ["an empty one", ""],
  ])("%s is refused", async (_name, host) => {
    expect(await statusOf(`GET /health HTTP/1.1\r\nHost: ${host}`)).toBe(421);
  });

  it("is needed, in HTTP/1.0 too, and only once", async () => {
    expect(await statusOf("GET /health HTTP/1.1")).toBe(421);
    expect(await statusOf("GET /health HTTP/1.0")).toBe(421);
    expect(await statusOf("GET /health HTTP/1.1\r\nHost: localhost:PORT\r\nHost: evil.example")).toBe(421);
    expect(await statusOf("GET /health HTTP/1.1\r\nHost: evil.example\r\nHost: localhost:PORT")).toBe(421);
    expect(await statusOf("GET /health HTTP/1.0\r\nHost: localhost:PORT")).toBe(200);
  });

  it("is checked on every path", async () => {
    for (const path of ["/", LIST, "/api/x", "/sign-in?code=x", "/ready", "/_next/x.js"]) {
      expect(await statusOf(`GET ${path} HTTP/1.1\r\nHost: evil.example`)).toBe(421);
    }
  });

  it("is refused with a typed error", async () => {
    const answer = await fixture.send(LIST, { headers: { host: "evil.example" } });
    expect(answer.status).toBe(421);
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(answer.error()).toMatchObject({
      message: expect.stringContaining("TRUNKLINE_ALLOWED_HOSTS"),
      data: { httpStatus: 421, reason: "forbidden" },
    });
  });
});

describe("absolute target", () => {
  it("passes where it names the server that the Host header names", async () => {
    expect(await statusOf("GET http://localhost:PORT/health HTTP/1.1\r\nHost: localhost:PORT")).toBe(200);
  });

  it.each([
    ["another host", "http://evil.example/health", "localhost:PORT"],
    [
      "another host, and ours in the user part",
      "http://localhost:PORT@evil.example/health",
      "localhost:PORT",
    ],
    ["our host, and the header another", "http://localhost:PORT/health", "evil.example"],
    ["another of our names", "http://127.0.0.1:PORT/health", "localhost:PORT"],
    ["another scheme", "https://localhost:PORT/health", "localhost:PORT"],
    ["no scheme", "localhost:PORT", "localhost:PORT"],
    ["no path at all", "*", "localhost:PORT"],
  ])("is refused with %s", async (_name, target, host) => {
    expect(await statusOf(`GET ${target} HTTP/1.1\r\nHost: ${host}`)).toBeGreaterThanOrEqual(400);
  });
});

describe("path", () => {
  it("that is no URL is refused with a typed error", async () => {
    const answer = await fixture.sendRaw(
      `GET /a\\b HTTP/1.1\r\nHost: localhost:${fixture.port}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"reason":"validation_failed"');
  });
});
