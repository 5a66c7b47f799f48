import { randomUUID } from "node:crypto";
import { createClient, type TrunklineClient } from "@trunkline/client";
import type { Scope } from "@trunkline/contract";
import { browserHeaders, type AddedUser, addUser, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const DAY_MS = 86_400_000;

let server: ServerFixture;
let admin: TrunklineClient;
let alice: AddedUser;
let userId: string;
beforeAll(async () => {
  server = await ServerFixture.start();
  admin = server.client;
  alice = await addUser(server, "alice", "admin");
  ({ userId } = alice);
});
afterAll(async () => server[Symbol.asyncDispose]());

const as = (secret: string) => createClient({ url: server.url, token: secret });

async function newToken(scope: Scope, expiresAt?: number) {
  const input = { name: scope, scope, ...(expiresAt !== undefined && { expiresAt }) };
  const { token, secret } = await alice.client.token.create.mutate(input);
  return { token, secret, client: as(secret) };
}

/** Pastes a token into the UI. */
async function signIn(token: string) {
  const answer = await fetch(`${server.url}/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.url },
    body: JSON.stringify({ token }),
  });
  const browser = await browserHeaders(answer);
  const call = async (procedure: string, input: object, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/trpc/${procedure}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url, ...browser, ...headers },
      body: JSON.stringify(input),
    });
  return { status: answer.status, cookie: browser["cookie"], browser, call };
}

describe("a token makes", () => {
  it("one for its own user that may do as much as itself, unless it says less", async () => {
    const { client } = await newToken("write");
    const made = await client.token.create.mutate({ name: "mine" });
    expect(made.token).toMatchObject({ userId, userName: "alice", kind: "api", scopes: ["read", "write"] });
    const less = await client.token.create.mutate({ name: "mine", scope: "read" });
    expect(await as(less.secret).user.me.query()).toMatchObject({ userId, scopes: ["read"] });
    await expect(as(less.secret).session.create.mutate({})).rejects.toMatchObject({ reason: "forbidden" });
  });

  it("none that may do more", async () => {
    const { client } = await newToken("write");
    const wanted = client.token.create.mutate({ name: "more", scope: "admin" });
    await expect(wanted).rejects.toMatchObject({ reason: "forbidden" });
  });

  it("H11: none where a browser's sign-in is all there is: it takes the token again", async () => {
    const { secret } = await newToken("admin");
    const browser = await signIn(secret);
    const names = [{ name: randomUUID() }, { name: randomUUID() }] as const;
    for (const [procedure, input] of [
      ["token.create", { name: "stolen" }],
      ["user.create", names[0]],
      ["user.invite", { userId }],
    ] as const) {
      const refused = await browser.call(procedure, input);
      expect([procedure, refused.status]).toEqual([procedure, 403]);
      expect(await refused.text()).toContain("Confirm this with a token");
    }
    const rest = await fetch(`${server.url}/api/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url, ...browser.browser },
      body: JSON.stringify({ name: "stolen" }),
    });
    expect(rest.status).toBe(403);
    // What a page sends once the user has entered a token, including the cookie.
    const confirmed = await browser.call(
      "token.create",
      { name: "mine" },
      { authorization: `Bearer ${secret}` },
    );
    expect(confirmed.status).toBe(200);
    // Everything else keeps working.
    expect((await browser.call("session.create", {})).status).toBe(200);
  });

  it("none that outlasts it, and neither does a browser that was signed in with it", async () => {
    const expiresAt = Date.now() + DAY_MS;
    const { client, secret } = await newToken("write", expiresAt);
    for (const later of [{}, { expiresAt: expiresAt + 1 }]) {
      const wanted = client.token.create.mutate({ name: "for ever", ...later });
      await expect(wanted).rejects.toMatchObject({ reason: "forbidden" });
    }
    expect((await client.token.create.mutate({ name: "as long", expiresAt })).token).toMatchObject({
      expiresAt,
    });

    await signIn(secret);
    const { items } = await client.token.list.query({});
    expect(items.find(({ kind }) => kind === "browser")).toMatchObject({ expiresAt });
  });

  it("none that has expired already", async () => {
    const wanted = admin.token.create.mutate({ name: "late", expiresAt: Date.now() - 1 });
    await expect(wanted).rejects.toMatchObject({ reason: "validation_failed" });
  });

  it("none for anybody else, however much it may do", async () => {
    const { id } = await admin.user.create.mutate({ name: "gone" });
    const wanted = async () => admin.token.create.mutate({ name: "x", userId: id });
    await expect(wanted()).rejects.toMatchObject({ reason: "forbidden" });
    await admin.user.remove.mutate({ userId: id });
    await expect(wanted()).rejects.toMatchObject({ reason: "not_found" });
    expect((await alice.client.token.create.mutate({ name: "x", userId })).token).toMatchObject({ userId });
  });
});

describe("a token revokes", () => {
  it("none that may do more than itself", async () => {
    const [strong, weak] = [await newToken("admin"), await newToken("write")];
    const wanted = weak.client.token.revoke.mutate({ tokenId: strong.token.id });
    await expect(wanted).rejects.toMatchObject({ reason: "forbidden" });
    expect((await strong.client.user.me.query()).userId).toBe(userId);
  });

  it("itself, once: what was revoked stays as it was", async () => {
    const { client, token } = await newToken("write");
    const { revokedAt } = await client.token.revoke.mutate({ tokenId: token.id });
    await expect(client.user.me.query()).rejects.toMatchObject({ reason: "unauthorized" });
    expect((await admin.token.revoke.mutate({ tokenId: token.id })).revokedAt).toBe(revokedAt);
  });
});

describe("the list", () => {
  it("tells nothing that lets anybody in, and what holds alone unless asked", async () => {
    const { client, token, secret } = await newToken("write");
    const revoked = await newToken("read");
    await admin.token.revoke.mutate({ tokenId: revoked.token.id });
    const { items } = await client.token.list.query({ limit: 100 });
    expect(items.map(({ id }) => id)).toContain(token.id);
    expect(items.map(({ id }) => id)).not.toContain(revoked.token.id);
    expect(JSON.stringify(items)).not.toContain(secret.slice(3));
    expect(JSON.stringify(items)).not.toMatch(/hash/i);
    const all = await client.token.list.query({ ended: true, limit: 100 });
    expect(all.items.find(({ id }) => id === revoked.token.id)?.revokedAt).toBeGreaterThan(0);
  });

  it("is of the caller's own; of everybody's for an admin", async () => {
    const { client } = await newToken("write");
    expect(new Set((await client.token.list.query({})).items.map((each) => each.userId))).toEqual(
      new Set([userId]),
    );
    await expect(client.token.list.query({ everyone: true })).rejects.toMatchObject({ reason: "forbidden" });
    const { items } = await admin.token.list.query({ everyone: true, limit: 100 });
    expect(new Set(items.map(({ userName }) => userName))).toEqual(new Set(["alice", "local"]));
  });

  it("comes in pages, newest first, each token once", async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await admin.token.list.query({
        userId,
        limit: 2,
        ...(cursor !== undefined && { cursor }),
      });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    const { items } = await admin.token.list.query({ userId, limit: 100 });
    expect(seen).toEqual(items.map(({ id }) => id));
    expect(seen).toEqual(seen.toSorted().toReversed());
  });
});

describe("a browser that is signed in with a token", () => {
  it("may do what the token may", async () => {
    const reading = await signIn((await newToken("read")).secret);
    expect(reading.status).toBe(200);
    expect((await reading.call("session.create", {})).status).toBe(403);
    const writing = await signIn((await newToken("write")).secret);
    expect((await writing.call("session.create", {})).status).toBe(200);
    expect((await writing.call("user.create", { name: randomUUID() })).status).toBe(403);
  });

  it("is none, with one that does not hold", async () => {
    const revoked = await newToken("write");
    await admin.token.revoke.mutate({ tokenId: revoked.token.id });
    for (const secret of [revoked.secret, `tl_${"x".repeat(43)}`, "", "x"]) {
      expect(await signIn(secret)).toMatchObject({ status: 401, cookie: "" });
    }
  });
});
