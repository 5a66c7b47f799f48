import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  browserHeaders,
  type HttpFixture,
  JSON_TYPE,
  LIST,
  openHttpFixture,
} from "./testing/http-fixture.ts";

let fixture: HttpFixture;
let code: string;
beforeEach(async () => {
  fixture = await openHttpFixture();
  const { store, auth, clock } = fixture.auth;
  await store.users.ensure({ id: "alice", name: "alice", createdAt: clock.now, removedAt: null });
  const by = (await auth.authenticate({ authorization: `Bearer ${fixture.token}`, cookie: undefined }))!
    .principal;
  ({ code } = await auth.invite({ userId: "alice", scope: "write", by }));
});
afterEach(async () => fixture[Symbol.asyncDispose]());

const open = async (headers = {}) => fixture.send(`/invite?code=${code}`, { headers });
const press = async (headers: Record<string, string>) =>
  fixture.send("/invite", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams({ code }).toString(),
  });
const post = async (body: string, headers: Record<string, string> = JSON_TYPE) =>
  fixture.send("/invite", { method: "POST", headers, body });

describe("H6: an invitation", () => {
  it("is not used up by being looked at, which chat programs do", async () => {
    for (let times = 0; times < 3; times += 1) {
      const answer = await open();
      expect(answer.status).toBe(200);
      expect(answer.body).toContain("Join as alice?");
      expect(answer.headers["set-cookie"]).toBeUndefined();
      expect(answer.headers["content-security-policy"]).toContain("form-action 'self'");
    }
    for (const method of ["HEAD", "PUT", "DELETE"]) {
      expect((await fixture.send(`/invite?code=${code}`, { method })).status).toBe(405);
    }
    expect((await press({ origin: fixture.url })).status).toBe(200);
  });

  it("says who is signed in now, where somebody is", async () => {
    const { body } = await open(await fixture.signIn());
    expect(body).toMatch(/signed in as\s+<code>local<\/code>/);
  });

  it("gives the browser a cookie and shows the token, once", async () => {
    const joined = await press({ origin: fixture.url });
    expect(joined.status).toBe(200);
    const [token = ""] = /tl_[\w-]{43}/.exec(joined.body) ?? [];
    expect(joined.headers["cache-control"]).toBe("no-store");
    expect((await fixture.send(LIST, { headers: browserHeaders(joined) })).status).toBe(200);
    expect((await fixture.send(LIST, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    for (const again of [await press({ origin: fixture.url }), await open()]) {
      expect(again.status).toBe(403);
      expect(again.body).not.toContain("tl_");
      expect(again.headers["set-cookie"]).toBeUndefined();
    }
    expect(fixture.logLines.join("")).not.toContain(token);
    expect(fixture.logLines.join("")).not.toContain(code);
  });

  it("gives a program the token, once, however many ask at the same time", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, async () => post(JSON.stringify({ code }))));
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([201, ...Array.from({ length: 9 }, () => 401)]);
    const { secret } = answers.find(({ status }) => status === 201)!.json() as { secret: string };
    expect((await fixture.send(LIST, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(200);
  });

  it("is no token itself", async () => {
    for (const secret of [code, `tl_${code}`]) {
      expect((await fixture.send(LIST, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(401);
    }
  });

  it("cannot be used from another site's page", async () => {
    for (const origin of ["https://evil.example", "null", `http://localhost:${fixture.port + 1}`]) {
      expect((await press({ origin })).status).toBe(403);
      expect((await post(JSON.stringify({ code }), { ...JSON_TYPE, origin })).status).toBe(403);
    }
    expect((await press({})).status).toBe(403);
    expect((await open()).status).toBe(200);
  });

  it.each([
    ["no JSON", "x", JSON_TYPE, 400],
    ["no code", "{}", JSON_TYPE, 400],
    ["another type", "{}", { "content-type": "text/plain" }, 415],
    ["too much", `{"code":"${"x".repeat(2_000)}"}`, JSON_TYPE, 413],
    ["a made-up code", JSON.stringify({ code: "x".repeat(43) }), JSON_TYPE, 401],
  ])("refuses %s", async (_name, body, headers, status) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(status);
    expect(answer.error().data.httpStatus).toBe(status);
  });

  it("ages", async () => {
    fixture.auth.clock.now += 7 * 24 * 60 * 60 * 1_000;
    expect((await open()).status).toBe(403);
    expect((await post(JSON.stringify({ code }))).status).toBe(401);
  });
});
