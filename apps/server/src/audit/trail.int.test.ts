import { followTask } from "@trunkline/client";
import { addUser, ServerFixture, waitFor } from "@trunkline/testkit";
import { expect, it } from "vitest";

it("H16: submits, retries, forks, imports and asking for what is another's leave entries", async () => {
  await using server = await ServerFixture.start();
  const alice = await addUser(server, "alice");
  const bob = await addUser(server, "bob");
  const { client } = alice;

  const task = await client.task.submit.mutate({ prompt: "say: secret words" });
  for await (const { type } of followTask(client, task)) if (type === "task.completed") break;
  const { sessionId, taskId } = task;
  const retried = await client.task.retry.mutate({ taskId });
  const fork = await client.session.fork.mutate({ sessionId });
  const document = await client.session.export.query({ sessionId });
  const imported = await client.session.import.mutate({ document });
  await expect(bob.client.session.export.query({ sessionId })).rejects.toMatchObject({ reason: "not_found" });
  await expect(bob.client.task.get.query({ taskId })).rejects.toMatchObject({ reason: "not_found" });
  const overRest = await fetch(`${server.url}/api/sessions/${sessionId}`, {
    headers: { authorization: `Bearer ${bob.token}` },
  });
  expect(overRest.status).toBe(404);

  const entries = async (userId: string) =>
    (await server.client.audit.list.query({ userId, limit: 100 })).items.toReversed();
  const ofAlice = await entries(alice.userId);
  expect(ofAlice.map(({ action, target, decision }) => [action, target, decision])).toEqual([
    ["user.join", alice.userId, "allowed"],
    ["task.submit", taskId, "allowed"],
    ["task.retry", retried.id, "allowed"],
    ["session.fork", fork.id, "allowed"],
    ["session.export", sessionId, "allowed"],
    ["session.import", imported.session.id, "allowed"],
  ]);
  // Nobody's refusal waits for its entry to be stored.
  const ofBob = await waitFor("the refusals' entries", async () => {
    const items = await entries(bob.userId);
    return items.length < 4 ? undefined : items;
  });
  expect(ofBob.map(({ action, decision, detail }) => [action, decision, detail])).toEqual([
    ["user.join", "allowed", null],
    ["session.export", "denied", "not_found"],
    ["task.get", "denied", "not_found"],
    ["session.get", "denied", "not_found"],
  ]);
  expect(JSON.stringify([ofAlice, ofBob])).not.toContain("secret words");
});
