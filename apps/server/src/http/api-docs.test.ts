import type { ServerInfo } from "@trunkline/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeServices } from "./testing/fake-services.ts";
import { type HttpFixture, openHttpFixture } from "./testing/http-fixture.ts";

let fixture: HttpFixture;
beforeAll(async () => {
  const info: Pick<ServerInfo, "version"> = { version: "1.2.3" };
  const server = {
    info: async () => info as ServerInfo,
    drain: async () => ({ node: "n", draining: false, running: 0 }),
    retention: async () => ({ policy: null, hold: null, usedBytes: null, items: [], omitted: 0 }),
  };
  fixture = await openHttpFixture({ services: { ...new FakeServices().asServices(), server } });
});
afterAll(async () => fixture[Symbol.asyncDispose]());

describe("the description of the API", () => {
  it("is that of this server", async () => {
    const answer = await fixture.sendAsOwner("/api/openapi.json");
    expect(answer.headers["content-type"]).toBe("application/json");
    expect(answer.json()).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\./),
      info: { version: "1.2.3" },
      servers: [{ url: "/api" }],
    });
  });

  it("is for a browser that is signed in, too, and for nobody else", async () => {
    const { cookie } = await fixture.signIn();
    for (const path of ["/api/openapi.json", "/api/docs", "/api/docs/start.js"]) {
      expect((await fixture.send(path, { headers: { cookie } })).status).toBe(200);
      expect((await fixture.send(path)).status).toBe(401);
    }
  });
});

describe("its page", () => {
  it("may run and show nothing but what the server sends", async () => {
    const { headers, body } = await fixture.sendAsOwner("/api/docs");
    const policy = headers["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; ");
    expect(policy).not.toMatch(
      /https?:|\*|unsafe-eval|(?:script-src|style-src|default-src)[^;]*unsafe-inline/,
    );
    expect(body).not.toMatch(/https?:|<script>|<style>| on\w+=/);
  });

  it("finds all that it names", async () => {
    const { body } = await fixture.sendAsOwner("/api/docs");
    const named = Array.from(body.matchAll(/(?:src|href)="(\/[^"]+)"/g), ([, path = ""]) => path);
    expect(named).toHaveLength(3);
    for (const path of named) {
      const { status, headers } = await fixture.sendAsOwner(path);
      expect(status).toBe(200);
      expect(headers["content-type"]).toMatch(path.endsWith(".css") ? /^text\/css/ : /^text\/javascript/);
      expect(headers["x-content-type-options"]).toBe("nosniff");
    }
  });

  it("gives no other file away", async () => {
    for (const path of ["/api/docs/package.json", "/api/docs/..%2fpackage.json", "/api/docs/swagger-ui.js"]) {
      expect((await fixture.sendAsOwner(path)).status).toBe(404);
    }
  });
});
