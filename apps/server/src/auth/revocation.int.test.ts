import { randomUUID } from "node:crypto";
import { createClient, type TrunklineClient } from "@trunkline/client";
import { browserHeaders, addUser, ServerFixture } from "@trunkline/testkit";
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

describe("live streams end within a second", () => {
  it("of their token's revocation, a browser's that was signed in with it too, and nobody else's", async () => {
    const [somebody, other] = [await newSomebody(), await newSomebody()];
    const own = await openStreams(somebody, { authorization: `Bearer ${somebody.secret}` });
    const browser = await browserOf(somebody);
    const browsers = await openStreams(somebody, browser);
    const others = await openStreams(other, { authorization: `Bearer ${other.secret}` });
    const elapsed = await endedAfter([...own, ...browsers], async () =>
      admin.token.revoke.mutate({ tokenId: somebody.tokenId }),
    );
    expect(elapsed).toBeLessThan(1_000);
    expect((await fetch(`${server.url}/api/me`, { headers: browser })).status).toBe(401);
    expect(others.map(({ isOpen }) => isOpen())).toEqual([true, true, true, true]);
    await Promise.all(others.map(async ({ leave }) => leave()));
  });

  it("of a browser's being signed out, and its token goes on", async () => {
    const somebody = await newSomebody();
    const browsers = await openStreams(somebody, await browserOf(somebody));
    const client = createClient({ url: server.url, token: somebody.secret });
    const { items } = await client.token.list.query({});
    const signIn = items.find(({ kind }) => kind === "browser");
    const elapsed = await endedAfter(browsers, async () =>
      client.token.revoke.mutate({ tokenId: signIn!.id }),
    );
    expect(elapsed).toBeLessThan(1_000);
    expect((await client.user.me.query()).userId).toBe(somebody.userId);
  });

  it("of their user's removal", async () => {
    const somebody = await newSomebody();
    const streams = await openStreams(somebody, { authorization: `Bearer ${somebody.secret}` });
    const elapsed = await endedAfter(streams, async () =>
      admin.user.remove.mutate({ userId: somebody.userId }),
    );
    expect(elapsed).toBeLessThan(1_000);
  });

  it("of their token's expiry", async () => {
    const somebody = await newSomebody();
    // Time enough to open the streams, on a busy machine too.
    const expiresAt = Date.now() + 4_000;
    const own = createClient({ url: server.url, token: somebody.secret });
    const { secret } = await own.token.create.mutate({ name: "short", expiresAt });
    const streams = await openStreams(somebody, { authorization: `Bearer ${secret}` });
    await endedAfter(streams, async () => {});
    expect(Date.now() - expiresAt).toBeGreaterThanOrEqual(0);
    expect(Date.now() - expiresAt).toBeLessThan(1_000);
  });
});
