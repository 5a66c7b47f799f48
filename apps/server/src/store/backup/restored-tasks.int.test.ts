import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FakeProvider, ServerFixture } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { backupDatabase, restoreDatabase } from "./backup.ts";

it("B1: a backup restored elsewhere touches no file of the first server, and runs nothing again unasked", async () => {
  await using provider = await FakeProvider.start();
  await using first = await ServerFixture.start({ env: provider.serverEnv });
  await using elsewhere = await TemporaryDirectory.create();
  const running = await first.client.task.submit.mutate({ prompt: "stall" });
  // It is at work once the model has been asked.
  await provider.request(1);
  const queued = await first.client.task.submit.mutate({
    prompt: "reply: later",
    sessionId: running.sessionId,
  });
  const { session } = await first.client.session.get.query({ sessionId: running.sessionId });
  const kept = join(session.workspace, "kept.txt");
  await mkdir(session.workspace, { recursive: true });
  await writeFile(kept, "the first server's");
  const file = elsewhere.join("backup.db");
  await backupDatabase(first.dataDir, file);
  const asked = provider.requests.length;

  for (const resumeTasks of [false, true]) {
    const dataDir = elsewhere.join(`data-${resumeTasks}`);
    await restoreDatabase(dataDir, file, { resumeTasks });
    await using second = await ServerFixture.start({ dataDir, env: provider.serverEnv });
    const shown = await second.client.session.get.query({ sessionId: running.sessionId });
    expect(shown.session.workspace).toBe(join(dataDir, "workspaces", running.sessionId));
    const states = async () =>
      Promise.all(
        [running, queued].map(async ({ taskId }) => (await second.client.task.get.query({ taskId })).state),
      );
    if (resumeTasks) await expect.poll(states, { timeout: 60_000 }).toEqual(["working", "submitted"]);
    else expect(await states()).toEqual(["canceled", "canceled"]);
    if (!resumeTasks) expect(provider.requests).toHaveLength(asked);
    await second.client.session.delete.mutate({ sessionId: running.sessionId });
  }
  expect(await readFile(kept, "utf8")).toBe("the first server's");
  expect((await first.client.task.get.query({ taskId: running.taskId })).state).toBe("working");
});
