import { FakeProvider, PostgresServer, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { describe, expect, it } from "vitest";

const stateOf = async ({ client }: ServerFixture, taskId: string): Promise<string> =>
  (await client.task.get.query({ taskId })).state;

const readiness = async ({ url }: ServerFixture): Promise<number> => (await fetch(`${url}/ready`)).status;

/** A command that ends when the file exists. */
const waitForFile = "run: while [ ! -e go ]; do sleep 0.05; done";

describe("draining", () => {
  it("lets what runs go on, starts nothing, and says so to load balancers, until it is undone", async () => {
    await using server = await ServerFixture.start();
    const { client } = server;
    const running = await client.task.submit.mutate({ prompt: waitForFile });
    await waitFor("the task to run", async () => (await stateOf(server, running.taskId)) === "working");
    expect(await client.server.drain.mutate({})).toMatchObject({ draining: true, running: 1 });
    const queued = await client.task.submit.mutate({ prompt: "say: later" });
    expect(await readiness(server)).toBe(503);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    await client.task.cancel.mutate({ taskId: running.taskId });
    expect(await stateOf(server, running.taskId)).toBe("canceled");
    expect(await stateOf(server, queued.taskId)).toBe("submitted");

    expect(await client.server.drain.mutate({ draining: false })).toMatchObject({ draining: false });
    expect(await readiness(server)).toBe(200);
    await waitFor(
      "the queued task to run",
      async () => (await stateOf(server, queued.taskId)) === "completed",
    );
    const { items } = await client.audit.list.query({ action: "server.drain" });
    expect(items.map(({ detail }) => detail)).toEqual(["ended", "begun"]);
  });

  it("waits for running tasks when it is stopped, for as long as it was told to", async () => {
    await using server = await ServerFixture.start({ env: { TRUNKLINE_DRAIN_SECONDS: "60" } });
    const { client } = server;
    const { taskId } = await client.task.submit.mutate({ prompt: "run: sleep 1; echo done > result" });
    await waitFor("the task to run", async () => (await stateOf(server, taskId)) === "working");
    expect(await server.stop()).toBe(0);
    await server.restart();
    const task = await server.client.task.get.query({ taskId });
    expect(task).toMatchObject({ state: "completed", attempt: 1 });
  });

  it("leaves to another node what is queued, and what is cut off when it stops", async () => {
    await using postgres = await PostgresServer.start();
    await using provider = await FakeProvider.start();
    const env = { ...provider.serverEnv, TRUNKLINE_DATABASE_URL: await postgres.createDatabase() };
    await using one = await ServerFixture.start({ env });
    const shared = { ...env, TRUNKLINE_SHARED_DIR: one.dataDir, TRUNKLINE_NODE_NAME: "other" };
    await using other = await ServerFixture.start({ env: shared });
    // Its answer does not end before its node does, however late that is.
    provider.enqueue(say.reply(say.text("begun"), say.stall()));
    const cutOff = await one.client.task.submit.mutate({ prompt: "reply: ended" });
    await provider.request(1);
    await one.client.server.drain.mutate({});
    const queued = await one.client.task.submit.mutate({ prompt: "reply: elsewhere" });
    await waitFor(
      "the other node to run it",
      async () => (await stateOf(other, queued.taskId)) === "completed",
    );
    await one.stop();
    await waitFor(
      "the other node to go on with what was cut off",
      async () => (await stateOf(other, cutOff.taskId)) === "completed",
    );
    const task = await other.client.task.get.query({ taskId: cutOff.taskId });
    expect(task).toMatchObject({ attempt: 2, errorCode: null });
  });
});
