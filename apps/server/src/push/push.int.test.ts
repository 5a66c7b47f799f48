import { writeFile } from "node:fs/promises";
import { createClient } from "@trunkline/client";
import { addUser, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { checkVapid } from "./testing/decrypt.ts";
import { hang, PushServiceStandIn, status } from "./testing/push-service.ts";

let service: PushServiceStandIn;
let directory: TemporaryDirectory;
let server: ServerFixture;
beforeAll(async () => {
  service = await PushServiceStandIn.start();
  directory = await TemporaryDirectory.create();
  const configFile = directory.join("trunkline.config.json");
  await writeFile(
    configFile,
    JSON.stringify({ push: { contact: "mailto:ops@example.com", privateHosts: [service.host] } }),
  );
  server = await ServerFixture.start({
    env: {
      NODE_EXTRA_CA_CERTS: service.certificate,
      TRUNKLINE_CONFIG_FILE: configFile,
      TRUNKLINE_MODEL: "demo",
    },
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

type Device = ReturnType<PushServiceStandIn["subscribe"]>;

const told = (device: Device) => service.received(device).map(({ message }) => message);
const until = async (device: Device, count: number) =>
  waitFor(`${count} notifications`, () => service.received(device).length >= count);

let users = 0;
async function newUser() {
  users += 1;
  const user = await addUser(server, `user-${users}`);
  await user.client.rule.create.mutate({ effect: "ask", tool: "bash" });
  const device = service.subscribe(`Phone ${users}`);
  return { ...user, device, subscription: await user.client.push.subscribe.mutate(device) };
}

async function session(client: ServerFixture["client"], title: string): Promise<string> {
  return (await client.session.create.mutate({ title })).id;
}

it("tells a device what needs its user and what has ended, encrypted, signed with the server's key; and nobody else's", async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  const { publicKey, items } = await alice.client.push.list.query();
  expect(items).toEqual([alice.subscription]);
  expect(JSON.stringify(items)).not.toContain(new URL(alice.device.endpoint).pathname);

  const sessionId = await session(alice.client, "Fix the tests\u202e now");
  await alice.client.task.submit.mutate({ sessionId, prompt: "run: touch asked-for\nsay: a secret answer" });
  await until(alice.device, 1);
  const [asked] = service.received(alice.device);
  expect(asked?.message).toEqual({ kind: "approval", sessionId, title: "Fix the tests now" });
  expect(asked?.headers).toMatchObject({ urgency: "high", "content-encoding": "aes128gcm" });
  expect(checkVapid(asked?.headers.authorization, publicKey ?? "")).toMatchObject({
    aud: `https://${service.host}`,
    sub: "mailto:ops@example.com",
  });
  const { items: open } = await alice.client.approval.list.query({ sessionId });
  await alice.client.approval.answer.mutate({ approvalId: open[0]?.id ?? "", decision: "allow" });
  await until(alice.device, 2);
  expect(told(alice.device)[1]).toEqual({ kind: "completed", sessionId, title: "Fix the tests now" });
  const [first, second] = service.received(alice.device);
  expect(first?.headers["topic"]).toBe(second?.headers["topic"]);

  const failing = await session(alice.client, "Failing");
  await alice.client.task.submit.mutate({ sessionId: failing, prompt: "ask: May I?", budget: { steps: 1 } });
  await until(alice.device, 3);
  expect(told(alice.device)[2]).toMatchObject({ kind: "question", sessionId: failing });
  const { items: questions } = await alice.client.question.list.query({ sessionId: failing });
  await alice.client.question.answer.mutate({ questionId: questions[0]?.id ?? "", answer: { text: "no" } });
  await until(alice.device, 4);
  expect(told(alice.device)[3]).toMatchObject({ kind: "failed", sessionId: failing });
  expect(told(bob.device)).toEqual([]);
  await vi.waitFor(async () => {
    const [now] = (await alice.client.push.list.query()).items;
    expect(now).toMatchObject({
      failure: null,
      lastFailureAt: null,
      lastSuccessAt: expect.any(Number) as number,
    });
  }, 60_000);
});

it("says nothing of what its user canceled", async () => {
  const carol = await newUser();
  const sessionId = await session(carol.client, "Canceled");
  const { taskId } = await carol.client.task.submit.mutate({ sessionId, prompt: "run: touch asked-for" });
  await until(carol.device, 1);
  await carol.client.task.cancel.mutate({ taskId });
  const next = await session(carol.client, "Next");
  await carol.client.task.submit.mutate({ sessionId: next, prompt: "say: done" });
  await until(carol.device, 2);
  expect(told(carol.device).map(({ kind }) => kind)).toEqual(["approval", "completed"]);
});

it("forgets a device that its push service doesn't know, and tries again where that fails", async () => {
  const dave = await newUser();
  const other = service.subscribe("Laptop");
  await dave.client.push.subscribe.mutate(other);
  service.answerWith(dave.device, status(410));
  service.answerWith(other, status(503, { "retry-after": "1" }));
  const sessionId = await session(dave.client, "Gone");
  await dave.client.task.submit.mutate({ sessionId, prompt: "say: done" });
  await until(other, 2);
  expect(told(other)).toEqual([told(other)[0], told(other)[0]]);
  await vi.waitFor(
    async () =>
      expect((await dave.client.push.list.query()).items).toMatchObject([
        { device: "Laptop", failure: null },
      ]),
    60_000,
  );
  expect(told(dave.device)).toHaveLength(1);
});

it("loses nothing to kill -9, neither before it is sent nor while", async () => {
  const erin = await newUser();
  const underWay = Promise.withResolvers<void>();
  service.answerWith(erin.device, (response) => {
    hang(response);
    underWay.resolve();
  });
  const sessionId = await session(erin.client, "Killed");
  await erin.client.task.submit.mutate({ sessionId, prompt: "say: done" });
  await underWay.promise;
  await server.kill();
  await server.restart();
  await until(erin.device, 2);
  expect(told(erin.device)[1]).toEqual({ kind: "completed", sessionId, title: "Killed" });

  // Killed as soon as the commit is acknowledged that creates the news: nothing of it was noted yet.
  const asking = await session(erin.client, "Asked");
  await erin.client.task.submit.mutate({ sessionId: asking, prompt: "run: touch asked-for" });
  await waitFor("the approval", async () => {
    const { items } = await erin.client.approval.list.query({ sessionId: asking });
    return items.length > 0;
  });
  await server.kill();
  await server.restart();
  await until(erin.device, 3);
  expect(told(erin.device).at(-1)).toMatchObject({ kind: "approval", sessionId: asking });
  // The key is the same one.
  const { publicKey } = await erin.client.push.list.query();
  checkVapid(service.received(erin.device).at(-1)?.headers.authorization, publicKey ?? "");
});

it("ends with the token that it was subscribed with, and comes back with the next", async () => {
  const frank = await newUser();
  const { token, secret } = await frank.client.token.create.mutate({ name: "phone" });
  const phone = createClient({ url: server.url, token: secret });
  const device = service.subscribe("Lost");
  await phone.push.subscribe.mutate(device);
  await frank.client.token.revoke.mutate({ tokenId: token.id });
  const { items } = await frank.client.push.list.query();
  expect(items.map((each) => each.device)).toEqual([frank.device.device]);
  const sessionId = await session(frank.client, "Revoked");
  await frank.client.task.submit.mutate({ sessionId, prompt: "say: done" });
  await until(frank.device, 1);
  expect(told(device)).toEqual([]);

  // The page that is signed in again; not where the device was removed meanwhile, and not with somebody else's sign-in.
  const renewed = await frank.client.push.subscribe.mutate({ ...device, renew: true });
  expect((await frank.client.push.test.mutate({ subscriptionId: renewed.id })).failure).toBeNull();
  expect(told(device)).toEqual([{ kind: "test", sessionId: null, title: "" }]);
  const { client: stranger } = await newUser();
  const notFound = { data: { reason: "not_found" } };
  await expect(stranger.push.subscribe.mutate({ ...device, renew: true })).rejects.toMatchObject(notFound);
  await expect(stranger.push.test.mutate({ subscriptionId: renewed.id })).rejects.toMatchObject(notFound);
  await frank.client.push.unsubscribe.mutate({ subscriptionId: renewed.id });
  await expect(frank.client.push.subscribe.mutate({ ...device, renew: true })).rejects.toMatchObject(
    notFound,
  );
});

it("a removed user's devices are told nothing, and a test tells what is wrong", async () => {
  const grace = await newUser();
  service.answerWith(grace.device, status(403));
  const tested = await grace.client.push.test.mutate({ subscriptionId: grace.subscription.id });
  expect(tested).toMatchObject({ failure: "The push service refused the notification (403)" });
  await server.client.user.remove.mutate({ userId: grace.userId });
  const { client } = await newUser();
  const taken = await client.push.subscribe.mutate(grace.device);
  expect((await client.push.list.query()).items.map(({ id }) => id)).toContain(taken.id);
});

it.each(["https://127.0.0.1:1/x", "https://localhost:1/x", "https://10.0.0.1/x", "http://push.example/x"])(
  "does not take %s",
  async (endpoint) => {
    const refused = server.client.push.subscribe.mutate({ ...service.subscribe(), endpoint });
    await expect(refused).rejects.toMatchObject({ data: { reason: "validation_failed" } });
  },
);

it("takes so many devices of one user", async () => {
  const { client } = await newUser();
  for (let index = 1; index < 20; index++) await client.push.subscribe.mutate(service.subscribe());
  await expect(client.push.subscribe.mutate(service.subscribe())).rejects.toMatchObject({
    data: { reason: "validation_failed" },
  });
});
