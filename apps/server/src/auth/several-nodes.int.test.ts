import { createClient } from "@trunkline/client";
import { addUser, Cluster, redeemInvitation, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

describe("two nodes", () => {
  let cluster: Cluster;
  let here: ServerFixture;
  let there: ServerFixture;
  beforeAll(async () => {
    cluster = await Cluster.start({ nodes: 2 });
    [here, there] = cluster.nodes as [ServerFixture, ServerFixture];
  });
  afterAll(async () => cluster[Symbol.asyncDispose]());

  it("let somebody in once, whichever of them is asked", async () => {
    const { id: userId } = await here.client.user.create.mutate({ name: "alice" });
    const { code } = await here.client.user.invite.mutate({ userId, scope: "write" });
    const asked = [here, there, here, there].map(async ({ url }) => redeemInvitation(url, code));
    const answers = await Promise.allSettled(asked);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("take a token away on both, streams included", async () => {
    const { tokenId, token } = await addUser(here, "bob");
    const client = createClient({ url: there.url, token });
    const { id } = await client.session.create.mutate({});
    const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
    const stream = await fetch(`${there.url}/api/sessions/${id}/events`, { headers });
    expect(stream.status).toBe(200);
    const ended = stream.text();
    await here.client.token.revoke.mutate({ tokenId });
    await waitFor("a refusal by the other node", async () => {
      const { status } = await fetch(`${there.url}/api/sessions`, { headers });
      return status === 401;
    });
    expect(await ended).toContain("session.created");
  });

  it("make one task of a submit that both of them get at once", async () => {
    const client = createClient({ url: there.url, token: here.token });
    const { id: sessionId } = await here.client.session.create.mutate({});
    const task = { sessionId, prompt: "once", idempotencyKey: "once" };
    const answers = await Promise.all(
      [here.client, client, here.client, client].map(async (node) => node.task.submit.mutate(task)),
    );
    expect(new Set(answers.map(({ taskId }) => taskId)).size).toBe(1);
  });

  it("never share a data directory", async () => {
    await expect(ServerFixture.start({ dataDir: here.dataDir })).rejects.toThrow(
      `is in use by the Trunkline server at ${here.url}`,
    );
  });
});
