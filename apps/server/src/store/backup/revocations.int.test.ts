import { createClient, type TrunklineClient } from "@trunkline/client";
import { browserHeaders, addUser, redeemInvitation, ServerFixture } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { backupDatabase, restoreDatabase } from "./backup.ts";

/** Signs a browser in. @returns whether it still is, whenever it is asked. */
async function browserOf(url: string, token: string): Promise<() => Promise<boolean>> {
  const signedIn = await fetch(`${url}/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ token }),
  });
  const headers = await browserHeaders(signedIn);
  return async () => (await fetch(`${url}/trpc/user.me`, { headers })).ok;
}

it("H17: a restored backup brings back no revoked token, no removed user and no used invitation", async () => {
  await using elsewhere = await TemporaryDirectory.create();
  await using server = await ServerFixture.start();
  const { client: admin, url, dataDir } = server;
  const as = (token: string): TrunklineClient => createClient({ url, token });
  const works = async (token: string): Promise<boolean> =>
    as(token)
      .user.me.query()
      .then(
        () => true,
        () => false,
      );

  const alice = await addUser(server, "alice");
  const lost = await alice.client.token.create.mutate({ name: "lost" });
  const signedIn = await browserOf(url, lost.secret);
  const bob = await addUser(server, "bob");
  const carol = await addUser(server, "carol");
  const { id: dave } = await admin.user.create.mutate({ name: "dave" });
  const { code } = await admin.user.invite.mutate({ userId: dave });
  const { id: sessionId } = await alice.client.session.create.mutate({});
  const [closed, open] = [
    await alice.client.share.create.mutate({ sessionId }),
    await alice.client.share.create.mutate({ sessionId }),
  ];
  const opens = async ({ secret }: { secret: string }): Promise<boolean> =>
    as(secret)
      .session.get.query({ sessionId })
      .then(
        () => true,
        () => false,
      );
  const file = elsewhere.join("backup.db");
  await backupDatabase(dataDir, file);

  await alice.client.share.revoke.mutate({ shareId: closed.share.id });
  await alice.client.token.revoke.mutate({ tokenId: lost.token.id });
  await admin.user.remove.mutate({ userId: bob.userId });
  await admin.user.remove.mutate({ userId: carol.userId });
  await admin.user.create.mutate({ name: "carol", restore: true });
  await redeemInvitation(url, code);

  await server.stop();
  expect(await restoreDatabase(dataDir, file)).toMatchObject({ tokens: expect.any(Number) });
  await server.restart();
  expect(await works(alice.token)).toBe(true);
  expect(await works(server.token)).toBe(true);
  expect(await works(lost.secret)).toBe(false);
  expect(await signedIn()).toBe(false);
  expect([await opens(closed), await opens(open)]).toEqual([false, true]);
  expect(await works(bob.token)).toBe(false);
  expect(await works(carol.token)).toBe(false);
  const { items } = await admin.user.list.query({});
  const removed = items.filter(({ removedAt }) => removedAt !== null).map(({ name }) => name);
  expect(removed).toEqual(["bob"]);
  await expect(redeemInvitation(url, code)).rejects.toThrow("401");
});

it("H17: a restore can revoke every token, invitation and link, e.g. on a machine that knows of no revocation", async () => {
  await using elsewhere = await TemporaryDirectory.create();
  const file = elsewhere.join("backup.db");
  let token: string;
  let code: string;
  let sessionId: string;
  let link: string;
  {
    await using server = await ServerFixture.start();
    const alice = await addUser(server, "alice");
    ({ token } = alice);
    const { id: userId } = await server.client.user.create.mutate({ name: "dave" });
    ({ code } = await server.client.user.invite.mutate({ userId }));
    ({ id: sessionId } = await alice.client.session.create.mutate({}));
    ({ secret: link } = await alice.client.share.create.mutate({ sessionId }));
    await backupDatabase(server.dataDir, file);
  }
  const dataDir = elsewhere.join("data");
  expect(await restoreDatabase(dataDir, file, { revokeTokens: true })).toEqual({ replaced: null, tokens: 0 });
  await using server = await ServerFixture.start({ dataDir });
  const { url, client } = server;
  await expect(createClient({ url, token }).user.me.query()).rejects.toMatchObject({
    reason: "unauthorized",
  });
  await expect(redeemInvitation(url, code)).rejects.toThrow("401");
  await expect(createClient({ url, token: link }).session.get.query({ sessionId })).rejects.toMatchObject({
    reason: "unauthorized",
  });
  expect((await client.user.me.query()).name).toBe("local");
});
