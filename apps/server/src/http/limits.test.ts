import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { createClient, isApiError } from "@trunkline/client";
import { afterEach, describe, expect, it } from "vitest";
import { newSecret } from "../auth/secret.ts";
import { type HttpFixture, LIST, openHttpFixture } from "./testing/http-fixture.ts";

let fixture: HttpFixture;
afterEach(async () => fixture[Symbol.asyncDispose]());

const open = async (config: { requestsPerMinute?: number; trustedProxies?: string[] }) => {
  fixture = await openHttpFixture({ config: { requestsPerMinute: 1_000_000, ...config } });
};
const statuses = async (count: number, ask: () => Promise<{ status: number }>) => {
  const seen: number[] = [];
  for (let times = 0; times < count; times += 1) seen.push((await ask()).status);
  return seen;
};
const from = (address: string) => ({ "x-forwarded-for": address });

describe("requests of an address", () => {
  it("are bounded, whatever they ask for; the answer says when to come back", async () => {
    await open({ requestsPerMinute: 3 });
    expect(await statuses(4, async () => fixture.send("/health"))).toEqual([200, 200, 200, 429]);
    const answer = await fixture.sendAsOwner(LIST);
    expect(answer.status).toBe(429);
    expect(answer.headers["retry-after"]).toBe("20");
    expect(answer.error().data).toMatchObject({ code: "TOO_MANY_REQUESTS", reason: "rate_limited" });
    fixture.auth.clock.now += 20_000;
    expect((await fixture.sendAsOwner(LIST)).status).toBe(200);
  });

  it("cannot be told as somebody else's", async () => {
    await open({ requestsPerMinute: 2 });
    let spoofed = 0;
    const ask = async () => fixture.send("/health", { headers: from(`198.51.100.${(spoofed += 1)}`) });
    expect(await statuses(3, ask)).toEqual([200, 200, 429]);
  });

  it("are counted for who the operator's proxy says they come from, an IPv6 network as one", async () => {
    await open({ requestsPerMinute: 2, trustedProxies: ["127.0.0.1"] });
    const ask = (address: string) => async () => fixture.send("/health", { headers: from(address) });
    expect(await statuses(3, ask("198.51.100.1"))).toEqual([200, 200, 429]);
    expect(await statuses(1, ask("198.51.100.2"))).toEqual([200]);
    expect(await statuses(2, ask("2001:db8:1:2::1"))).toEqual([200, 200]);
    expect(await statuses(1, ask("2001:db8:1:2:ffff::2"))).toEqual([429]);
    expect(await statuses(1, ask("2001:db8:1:3::1"))).toEqual([200]);
  });
});

describe("requests of a user", () => {
  it("are bounded over all addresses, a batch as what it holds", async () => {
    await open({ requestsPerMinute: 5, trustedProxies: ["127.0.0.1"] });
    let address = 0;
    const ask = async (path = LIST) =>
      fixture.sendAsOwner(path, { headers: from(`198.51.100.${(address += 1)}`) });
    expect(await statuses(2, ask)).toEqual([200, 200]);
    const batch = "/trpc/session.list,session.list?batch=1&input=%7B%220%22:%7B%7D,%221%22:%7B%7D%7D";
    expect((await ask(batch)).status).toBe(200);
    expect(await statuses(2, ask)).toEqual([200, 429]);
    expect((await ask()).headers["retry-after"]).toBe("12");
  });

  it("is what the client's error says, with how long to wait", async () => {
    await open({ requestsPerMinute: 60 });
    const client = createClient({ url: fixture.url, token: fixture.token });
    const error: unknown = await Promise.all(
      Array.from({ length: 61 }, async () => client.session.list.query({})),
    ).catch((refusal: unknown) => refusal);
    expect(isApiError(error, "rate_limited") && error.retryAfterMs).toBe(1_000);
  });
});

describe("credentials that do not hold", () => {
  const wrong = async () =>
    fixture.send(LIST, { headers: { authorization: `Bearer ${newSecret()}`, ...from("198.51.100.1") } });

  it("are bounded, and keep out nobody whose credentials do", async () => {
    await open({ requestsPerMinute: 100, trustedProxies: ["127.0.0.1"] });
    expect(await statuses(3, wrong)).toEqual([401, 401, 429]);
    const link = async () => fixture.send("/sign-in?code=x", { headers: from("198.51.100.1") });
    expect(await statuses(1, link)).toEqual([429]);
    const known = { authorization: `Bearer ${fixture.token}`, ...from("198.51.100.1") };
    expect((await fixture.send(LIST, { headers: known })).status).toBe(200);
    expect((await fixture.send(LIST, { headers: from("198.51.100.1") })).status).toBe(401);
  });
});

it("the default leaves room for fifty submits at once and a minute of a thousand calls a second", async () => {
  const { readConfig } = await import("../config/config.ts");
  expect(readConfig({}).requestsPerMinute).toBe(60_000);
});

it("a request whose header does not end is cut off", async () => {
  await open({});
  const socket = connect(fixture.port, "127.0.0.1");
  socket.write(`GET /health HTTP/1.1\r\nHost: 127.0.0.1:${fixture.port}\r\nX-Slow: `);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
});
