import { randomUUID } from "node:crypto";
import { createClient, type TrunklineClient } from "@trunkline/client";
import { browserHeaders, addUser, ServerFixture, shortestOf } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let server: ServerFixture;
let admin: TrunklineClient;
beforeAll(async () => {
  server = await ServerFixture.start();
  admin = server.client;
});
afterAll(async () => server[Symbol.asyncDispose]());

interface Somebody {
  userId: string;
  tokenId: string;
  secret: string;
  sessionId: string;
}

async function newSomebody(): Promise<Somebody> {
  const { userId, tokenId, token: secret, client } = await addUser(server, randomUUID());
  const { id: sessionId } = await client.session.create.mutate({});
  return { userId, tokenId, secret, sessionId };
}

async function browserOf({ secret }: Somebody): Promise<Record<string, string>> {
  const headers = { authorization: `Bearer ${secret}` };
  const asked = await fetch(`${server.url}/api/sign-in-codes`, { method: "POST", headers });
  const { url } = (await asked.json()) as { url: string };
  const opened = await fetch(url, { redirect: "manual" });
  return browserHeaders(opened);
}

const inputOf = (input: object) => `?input=${encodeURIComponent(JSON.stringify(input))}`;

/** Every stream that there is, once over each surface; each has told something when this resolves. */
async function openStreams({ sessionId }: Somebody, headers: Record<string, string>) {
  const paths = [
    `/trpc/session.subscribe${inputOf({ sessionId })}`,
    `/trpc/activity.subscribe${inputOf({})}`,
    `/api/sessions/${sessionId}/events`,
    "/api/activity",
  ];
  return Promise.all(
    paths.map(async (path) => {
      const answer = await fetch(server.url + path, { headers: { ...headers, accept: "text/event-stream" } });
      expect(answer.status, path).toBe(200);
      const reader = answer.body!.getReader();
      await reader.read();
      let open = true;
      const ended = (async () => {
        while (!(await reader.read()).done);
        open = false;
      })();
      return { ended, isOpen: () => open, leave: async () => reader.cancel() };
    }),
  );
}

/** @returns how long after `change` was answered the last of them ended, in ms */
async function endedAfter(streams: { ended: Promise<void> }[], change: () => Promise<unknown>) {
  await change();
  const changedAt = performance.now();
  await Promise.all(streams.map(async ({ ended }) => ended));
  return performance.now() - changedAt;
}

const WITHIN_MS = 1_000;

describe("live streams end within a second", () => {
  it("of their token's revocation, a browser's that was signed in with it too, and nobody else's", async () => {
    const other = await newSomebody();
    const others = await openStreams(other, { authorization: `Bearer ${other.secret}` });
    const elapsed = await shortestOf(WITHIN_MS, async () => {
      const somebody = await newSomebody();
      const own = await openStreams(somebody, { authorization: `Bearer ${somebody.secret}` });
      const browser = await browserOf(somebody);
      const browsers = await openStreams(somebody, browser);
      const took = await endedAfter([...own, ...browsers], async () =>
        admin.token.revoke.mutate({ tokenId: somebody.tokenId }),
      );
      expect((await fetch(`${server.url}/api/me`, { headers: browser })).status).toBe(401);
      return took;
    });
    expect(elapsed).toBeLessThan(WITHIN_MS);
    expect(others.map(({ isOpen }) => isOpen())).toEqual([true, true, true, true]);
    await Promise.all(others.map(async ({ leave }) => leave()));
  });

  it("of a browser's being signed out, and its token goes on", async () => {
    const elapsed = await shortestOf(WITHIN_MS, async () => {
      const somebody = await newSomebody();
      const browsers = await openStreams(somebody, await browserOf(somebody));
      const client = createClient({ url: server.url, token: somebody.secret });
      const { items } = await client.token.list.query({});
      const signIn = items.find(({ kind }) => kind === "browser");
      const took = await endedAfter(browsers, async () =>
        client.token.revoke.mutate({ tokenId: signIn!.id }),
      );
      expect((await client.user.me.query()).userId).toBe(somebody.userId);
      return took;
    });
    expect(elapsed).toBeLessThan(WITHIN_MS);
  });

  it("of their user's removal", async () => {
    const elapsed = await shortestOf(WITHIN_MS, async () => {
      const somebody = await newSomebody();
      const streams = await openStreams(somebody, { authorization: `Bearer ${somebody.secret}` });
      return endedAfter(streams, async () => admin.user.remove.mutate({ userId: somebody.userId }));
    });
    expect(elapsed).toBeLessThan(WITHIN_MS);
  });

  it("of their token's expiry", async () => {
    let openForMs = 2_000;
    const elapsed = await shortestOf(WITHIN_MS, async () => {
      const somebody = await newSomebody();
      // Time enough to open the streams: more with each attempt.
      openForMs *= 2;
      const expiresAt = Date.now() + openForMs;
      const own = createClient({ url: server.url, token: somebody.secret });
      const open = async () => {
        const { secret } = await own.token.create.mutate({ name: "short", expiresAt });
        return openStreams(somebody, { authorization: `Bearer ${secret}` });
      };
      const streams = await open().catch((error: unknown) => {
        if (Date.now() >= expiresAt) return null;
        throw error;
      });
      // It was over before all of them were open, which shows nothing.
      if (streams === null) return Number.POSITIVE_INFINITY;
      await endedAfter(streams, async () => {});
      const late = Date.now() - expiresAt;
      expect(late).toBeGreaterThanOrEqual(0);
      return late;
    });
    expect(elapsed).toBeLessThan(WITHIN_MS);
  });

  it("of a shared link's revocation, and of its session's deletion; a link signs nobody in", async () => {
    const somebody = await newSomebody();
    const { sessionId } = somebody;
    const owner = createClient({ url: server.url, token: somebody.secret });
    const read = async () => {
      const { share, secret } = await owner.share.create.mutate({ sessionId });
      const headers = { authorization: `Bearer ${secret}` };
      const answer = await fetch(`${server.url}/api/sessions/${sessionId}/events`, {
        headers: { ...headers, accept: "text/event-stream" },
      });
      expect(answer.status).toBe(200);
      const body = answer.body!.getReader();
      await body.read();
      const toEnd = async (): Promise<void> => {
        while (!(await body.read()).done);
      };
      return { share, headers, ended: toEnd() };
    };
    const other = await read();
    const revokedIds: string[] = [];
    const elapsed = await shortestOf(WITHIN_MS, async () => {
      const revoked = await read();
      revokedIds.unshift(revoked.share.id);
      return endedAfter([revoked], async () => owner.share.revoke.mutate({ shareId: revoked.share.id }));
    });
    expect(elapsed).toBeLessThan(WITHIN_MS);
    for (const path of ["sign-in-codes", "sign-out"]) {
      const asked = await fetch(`${server.url}/api/${path}`, { method: "POST", headers: other.headers });
      expect(asked.status, path).toBe(403);
    }
    const token = other.headers.authorization.slice("Bearer ".length);
    const signedIn = await fetch(`${server.url}/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url },
      body: JSON.stringify({ token }),
    });
    expect([401, 403]).toContain(signedIn.status);
    await endedAfter([other], async () => owner.session.delete.mutate({ sessionId }));
    const { items } = await admin.audit.list.query({ userId: somebody.userId, action: "share.revoke" });
    expect(items.map(({ target, decision }) => [target, decision])).toEqual(
      revokedIds.map((id) => [id, "allowed"]),
    );
  });
});
