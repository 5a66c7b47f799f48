import { afterEach, describe, expect, it } from "vitest";
import { type HttpFixture, openHttpFixture } from "./testing/http-fixture.ts";

let fixture: HttpFixture;
afterEach(async () => fixture[Symbol.asyncDispose]());

describe("health", () => {
  it("needs no credentials and asks nobody", async () => {
    fixture = await openHttpFixture({
      readiness: { store: () => Promise.reject(new Error("the disk is on fire")) },
    });
    const answer = await fixture.send("/health");
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ status: "ok" });
    expect(answer.headers["cache-control"]).toBe("no-store");
  });
});

describe("readiness", () => {
  it("is what all parts say", async () => {
    fixture = await openHttpFixture({ readiness: { store: async () => {}, dispatcher: async () => {} } });
    const answer = await fixture.send("/ready");
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ status: "ok", checks: { store: "ok", dispatcher: "ok" } });
  });

  it("passes on what a part says that works", async () => {
    fixture = await openHttpFixture({ readiness: { "disk budget": async () => "warning" } });
    const answer = await fixture.send("/ready");
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ status: "ok", checks: { "disk budget": "warning" } });
  });

  it("names the part that fails, and keeps the reason for the log", async () => {
    fixture = await openHttpFixture({
      readiness: {
        store: () => Promise.reject(new Error("the disk is on fire")),
        dispatcher: async () => {},
      },
    });
    const answer = await fixture.send("/ready");
    expect(answer.status).toBe(503);
    expect(answer.json()).toEqual({ status: "unavailable", checks: { store: "failed", dispatcher: "ok" } });
    expect(answer.body).not.toContain("fire");
    expect(fixture.logLines.join("")).toContain("the disk is on fire");
  });

  it("does not wait for ever for a part that hangs", async () => {
    fixture = await openHttpFixture({ readiness: { store: () => new Promise(() => {}) } });
    expect((await fixture.send("/ready")).status).toBe(503);
  });
});
