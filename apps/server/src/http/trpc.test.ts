import { randomUUID } from "node:crypto";
import { createClient } from "@trunkline/client";
import { TrunklineError } from "@trunkline/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { revokeTokens } from "../auth/testing/auth-fixture.ts";
import { type HttpFixture, JSON_TYPE, LIST, openHttpFixture } from "./testing/http-fixture.ts";

let fixture: HttpFixture;
beforeAll(async () => {
  fixture = await openHttpFixture();
});
afterAll(async () => fixture[Symbol.asyncDispose]());

const input = (value: unknown) => `input=${encodeURIComponent(JSON.stringify(value))}`;

describe("tRPC", () => {
  it("serves the contract's router to the client, in batches", async () => {
    const client = createClient({ url: fixture.url, token: fixture.token });
    const [list, created, missing] = await Promise.allSettled([
      client.session.list.query({}),
      client.session.create.mutate({ title: "batched" }),
      client.session.get.query({ sessionId: randomUUID() }),
    ]);
    expect(list).toMatchObject({ status: "fulfilled", value: { nextCursor: null } });
    expect(created).toMatchObject({ status: "fulfilled", value: { title: "batched" } });
    expect(missing).toMatchObject({
      status: "rejected",
      reason: { data: { reason: "not_found", httpStatus: 404, path: "session.get" } },
    });
  });

  it("acts on a user's behalf, whatever else is in the headers", async () => {
    const { listedBy } = fixture.services;
    const before = listedBy.length;
    for (const cookie of ["a=1", "a=2"])
      await fixture.sendAsOwner(`/trpc/session.list?${input({})}`, { headers: { cookie } });
    await fixture.sendAsOwner(`/trpc/session.list?${input({})}`, {
      headers: { authorization: `bearer  ${fixture.token}` },
    });
    const [caller, ...others] = listedBy.slice(before);
    expect(caller).toMatch(/^user ./);
    expect(others).toEqual([caller, caller]);
  });

  it("takes 20 calls in a batch and no more", async () => {
    const batch = (calls: number) => {
      const indexes = Array.from({ length: calls }, (_, index) => index);
      const inputs = Object.fromEntries(indexes.map((index) => [index, {}]));
      return `/trpc/${indexes.map(() => "session.list").join(",")}?batch=1&${input(inputs)}`;
    };
    const fits = await fixture.sendAsOwner(batch(20));
    expect(fits.status).toBe(200);
    expect(fits.json()).toHaveLength(20);
    const tooMany = await fixture.sendAsOwner(batch(21));
    expect(tooMany.status).toBe(400);
    expect(tooMany.error().data.reason).toBe("validation_failed");
  });

  it("says nothing about an unexpected failure, and logs all of it under the request's id", async () => {
    const answer = await fixture.sendAsOwner(`/trpc/session.events?${input({ sessionId: randomUUID() })}`);
    expect(answer.status).toBe(500);
    expect(answer.body).not.toMatch(/secret|stack|\.ts/);
    expect(answer.error().data.reason).toBe("internal");
    const line = fixture.logLines.find((candidate) => candidate.includes("secret of the inside"));
    expect(JSON.parse(line!)).toMatchObject({
      level: 50,
      requestId: answer.headers["x-request-id"],
      err: { stack: expect.stringContaining("fake-services.ts") },
    });
  });

  it("says as little where the failure is not a procedure's", async () => {
    await using broken = await openHttpFixture({}, () => ({
      authenticate: () => Promise.reject(new Error("secret of the store")),
    }));
    const answer = await broken.sendAsOwner(LIST);
    expect(answer.status).toBe(500);
    expect(answer.body).not.toMatch(/secret|stack|\.ts/);
    expect(answer.error().data).toMatchObject({ reason: "internal", httpStatus: 500 });
    expect(broken.logLines.join("")).toContain("secret of the store");
  });

  it("does not let answers be kept or read as anything but JSON", async () => {
    const { headers } = await fixture.sendAsOwner(LIST);
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "content-type": "application/json",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
  });

  it.each(["/trpc", "/trpc/", "/trpc/nothing", "/trpc/a/b", "/api", "/api/", "/api/nothing", "/api/a/b"])(
    "%s is nothing, and says so in the shape of all errors",
    async (path) => {
      const answer = await fixture.sendAsOwner(path);
      expect(answer.status).toBe(404);
      expect(answer.error()).toMatchObject({ code: -32004, data: { reason: "not_found", httpStatus: 404 } });
    },
  );

  it.each([
    ["broken JSON", "{"],
    ["another type", '"text"'],
    ["unknown fields", '{"title":"x","extra":1}'],
    ["an empty title", '{"title":""}'],
  ])("refuses %s with a typed error, and goes on", async (_name, body) => {
    const answer = await fixture.sendAsOwner("/trpc/session.create", {
      method: "POST",
      headers: JSON_TYPE,
      body,
    });
    expect(answer.status).toBe(400);
    expect(answer.error().data.reason).toBe("validation_failed");
    expect(answer.body).not.toContain("stack");
    expect((await fixture.sendAsOwner(LIST)).status).toBe(200);
  });
});

describe("E3: one shape of errors, whichever way they come", () => {
  const sessionId = randomUUID();
  const bad = { sessionId: "no id", extra: 1 };
  const missing = async () => {
    throw new TrunklineError("not_found", "There is no session x");
  };

  it.each([
    ["a subscription by GET", `/trpc/session.subscribe?${input(bad)}`],
    ["a query", `/trpc/session.get?${input(bad)}`],
    ["REST", `/api/sessions/no-id?extra=1`],
    ["a stream of REST", `/api/sessions/no-id/events?extra=1`],
  ])("%s that is refused names the fields", async (_name, path) => {
    const accept = path.includes("events") ? "text/event-stream" : "application/json";
    const answer = await fixture.sendAsOwner(path, { headers: { accept } });
    expect(answer.status).toBe(400);
    const { message, data } = answer.error();
    expect(data).toMatchObject({ code: "BAD_REQUEST", httpStatus: 400, reason: "validation_failed" });
    expect(data.path).toMatch(/^session\./);
    expect(data.issues?.map(({ path: at }) => at.join("."))).toContain("sessionId");
    expect(message).toContain("sessionId: ");
  });

  it("a stream that breaks off says the same as a refused call", async () => {
    await using own = await openHttpFixture();
    own.services.play = async function* () {
      yield { events: [], live: true };
      await missing();
    };
    const called = await own.sendAsOwner(`/trpc/session.get?${input({ sessionId })}`);
    const streamed = await own.sendAsOwner(`/trpc/session.subscribe?${input({ sessionId })}`);
    const [, frame = ""] = /serialized-error\ndata: (.*)\n/.exec(streamed.body) ?? [];
    expect(JSON.parse(frame)).toEqual({
      ...called.error(),
      message: "There is no session x",
      data: { ...called.error().data, path: "session.subscribe" },
    });
  });
});

describe("unknown callers", () => {
  const refused: [string, () => Record<string, string>][] = [
    ["without credentials", () => ({})],
    ["with a wrong token", () => ({ authorization: `Bearer tl_${"x".repeat(43)}` })],
    ["with a wrong cookie", () => ({ cookie: `trunkline_${fixture.port}=tl_${"x".repeat(43)}` })],
    ["with the token as a cookie", () => ({ cookie: `trunkline_${fixture.port}=${fixture.token}` })],
    ["with another server's cookie", () => ({ cookie: `trunkline_1=${fixture.token}` })],
    ["with the token in the query", () => ({})],
  ];

  it.each(refused)("%s learn nothing, not even what exists", async (_name, headers) => {
    for (const path of [
      `${LIST}&token=${fixture.token}`,
      "/trpc/nothing",
      `/trpc/session.subscribe?${input({ sessionId: randomUUID() })}`,
      "/trpc/session.list,session.list?batch=1",
      "/api/nothing",
    ]) {
      const answer = await fixture.send(path, { headers: headers() });
      expect(answer.status).toBe(401);
      expect(answer.error()).toMatchObject({
        code: -32001,
        data: { reason: "unauthorized", code: "UNAUTHORIZED" },
      });
    }
    const write = await fixture.send("/api/sign-in-codes", {
      method: "POST",
      headers: { ...headers(), ...JSON_TYPE },
    });
    expect(write.status).toBe(401);
  });

  it("whose token is revoked are out within a second", async () => {
    await using own = await openHttpFixture();
    expect((await own.sendAsOwner(LIST)).status).toBe(200);
    await revokeTokens(own.auth.store, own.auth.clock.now, "api");
    own.auth.clock.now += 1_000;
    expect((await own.sendAsOwner(LIST)).status).toBe(401);
  });
});
