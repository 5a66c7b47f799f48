import { access } from "node:fs/promises";
import { join } from "node:path";
import { createClient, followTask, type TrunklineClient } from "@trunkline/client";
import { addUser, redeemInvitation, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";

let server: ServerFixture;
let admin: TrunklineClient;
beforeAll(async () => {
  server = await ServerFixture.start();
  admin = server.client;
});
afterAll(async () => server[Symbol.asyncDispose]());

/** One session with a file, and one with a running and a queued task. */
async function newUser(name: string) {
  const { userId: id, client } = await addUser(server, name);
  const written = await client.task.submit.mutate({ prompt: "write notes.txt: hello" });
  for await (const { type } of followTask(client, written)) if (type === "task.completed") break;
  const working = await client.task.submit.mutate({ prompt: "wait: 600" });
  const queued = await client.task.submit.mutate({ prompt: "say: later", sessionId: working.sessionId });
  await waitFor("the task to be at work", async () => {
    const { state } = await client.task.get.query({ taskId: working.taskId });
    return state === "working";
  });
  const notes = join(server.dataDir, "workspaces", written.sessionId, "notes.txt");
  await access(notes);
  return { id, client, written, working, queued, notes };
}

const named = async (name: string) => (await admin.user.list.query({ name })).items;

it("a removed user's tokens hold no more, and what they had running is canceled; brought back, the operator lets them in to it all", async () => {
  const { id, client, written, working, queued, notes } = await newUser("alice");
  expect(await admin.user.remove.mutate({ userId: id })).toMatchObject({ id, removedAt: expect.any(Number) });
  await expect(client.user.me.query()).rejects.toMatchObject({ reason: "unauthorized" });
  await expect(admin.user.create.mutate({ name: "alice" })).rejects.toMatchObject({
    reason: "user_exists",
    message: expect.stringContaining("'restore'"),
  });

  const restored = await admin.user.create.mutate({ name: "alice", restore: true });
  expect(restored).toMatchObject({ id, removedAt: null });
  await expect(client.user.me.query()).rejects.toMatchObject({ reason: "unauthorized" });
  await expect(admin.user.invite.mutate({ userId: id })).rejects.toMatchObject({ reason: "user_joined" });
  await server.restart({ env: { TRUNKLINE_RECOVER_USER: "alice" } });
  const [, code = ""] = /For alice, once, within a week: \S+\?code=(\S+)/.exec(server.logs) ?? [];
  const { secret } = await redeemInvitation(server.url, code);
  await expect(redeemInvitation(server.url, code)).rejects.toThrow("401");
  const again = createClient({ url: server.url, token: secret });
  for (const { taskId } of [working, queued]) {
    expect(await again.task.get.query({ taskId })).toMatchObject({ state: "canceled" });
  }
  expect(await again.task.get.query({ taskId: written.taskId })).toMatchObject({ state: "completed" });
  await access(notes);
});

it("nothing is left of a user who was removed with their sessions, and their name is free", async () => {
  const { id, notes } = await newUser("bob");
  await admin.user.remove.mutate({ userId: id, deleteSessions: true });
  expect(await named("bob")).toEqual([]);
  expect(
    (await admin.token.list.query({ everyone: true, ended: true, limit: 100 })).items,
  ).not.toContainEqual(expect.objectContaining({ userId: id }));
  await expect(access(notes)).rejects.toThrow("ENOENT");
  const another = await admin.user.create.mutate({ name: "bob" });
  expect(another.id).not.toBe(id);
  const { code } = await admin.user.invite.mutate({ userId: another.id });
  const { secret } = await redeemInvitation(server.url, code);
  const client = createClient({ url: server.url, token: secret });
  expect((await client.session.list.query({})).items).toEqual([]);
});

it("sessions that were kept can be deleted later", async () => {
  const { id, notes } = await newUser("carol");
  await admin.user.remove.mutate({ userId: id });
  await access(notes);
  await admin.user.remove.mutate({ userId: id, deleteSessions: true });
  expect(await named("carol")).toEqual([]);
  await expect(access(notes)).rejects.toThrow("ENOENT");
});

it("the server's own user stays, and each name is one user's", async () => {
  const { userId } = await admin.user.me.query();
  await expect(admin.user.remove.mutate({ userId })).rejects.toMatchObject({ reason: "forbidden" });
  await admin.user.create.mutate({ name: "dave" });
  for (const restore of [false, true]) {
    await expect(admin.user.create.mutate({ name: "dave", restore })).rejects.toMatchObject({
      reason: "user_exists",
    });
  }
  const nobody = admin.user.create.mutate({ name: "erin", restore: true });
  await expect(nobody).rejects.toMatchObject({ reason: "not_found" });
});
