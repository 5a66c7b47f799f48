import { stat } from "node:fs/promises";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import { PostgresServer, ServerFixture, waitFor } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { NO_SMALL_DISK, SmallDisk } from "../store/testing/small-disk.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";

it("a node whose own disk is full leaves tasks to the others, and takes them up again once there is room", async (test) => {
  await using disk = await SmallDisk.mount(256);
  if (disk === undefined) return test.skip(NO_SMALL_DISK);
  await using shared = await TemporaryDirectory.create();
  await using postgres = await PostgresServer.start();
  const databaseUrl = await postgres.createDatabase();
  const env = { TRUNKLINE_SHARED_DIR: shared.path };
  await using full = await ServerFixture.start({
    dataDir: disk.path,
    databaseUrl,
    env: { ...env, TRUNKLINE_NODE_NAME: "full" },
  });
  const run = async (count: number): Promise<void> => {
    const tasks = await Promise.all(
      Array.from({ length: count }, async () =>
        full.client.task.submit.mutate({ prompt: "run: echo x > file" }),
      ),
    );
    for (const task of tasks) {
      let last = "";
      for await (const { type } of followTask(full.client, task)) last = type;
      expect(last).toBe("task.completed");
      const { session } = await full.client.session.get.query({ sessionId: task.sessionId });
      expect((await stat(join(session.workspace, "file"))).size).toBe(2);
    }
  };
  {
    await using _other = await ServerFixture.start({
      databaseUrl,
      env: { ...env, TRUNKLINE_NODE_NAME: "other" },
    });
    disk.fill();
    await run(3);
    expect(full.logs).toContain("takes up no tasks until it has room");
    expect(full.logs).not.toContain("task started");
    // Not as ready: nobody sends it requests that others can have.
    const answer = await fetch(`${full.url}/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ checks: { disk: "failed", "taking tasks": "failed" } });
  }
  disk.makeRoom();
  await run(1);
  await waitFor("it to be ready", async () => (await fetch(`${full.url}/ready`)).ok);
  return undefined;
});
