import { realpath, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { followTask, type TrunklineClient } from "@trunkline/client";
import { addUser, ServerFixture, waitFor } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { makeRepository } from "../git/testing/repositories.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";

/** @returns the session, once the task has ended. */
async function submit(client: TrunklineClient, prompt: string, projectId?: string): Promise<string> {
  const task = await client.task.submit.mutate({ prompt, ...(projectId !== undefined && { projectId }) });
  let last = "";
  for await (const { type } of followTask(client, task)) last = type;
  expect(last).toBe("task.completed");
  return task.sessionId;
}

it("who takes more of the disk than one user may gets no new tasks, forks and imports; others do", async () => {
  await using directory = await TemporaryDirectory.create();
  const configure = async (userBytes: number): Promise<void> =>
    writeFile(directory.join("trunkline.config.json"), JSON.stringify({ disk: { userBytes } }));
  await configure(1_000_000);
  await using server = await ServerFixture.start({ dataDir: directory.path });
  const { client: bob } = await addUser(server, "bob");
  const sessionId = await submit(server.client, "run: head -c 3000000 /dev/zero > big");
  await submit(bob, "run: echo small > small");

  // The next start counts.
  await server.restart();
  await waitFor("the first measurement", async () =>
    server.client.task.submit.mutate({ prompt: "say: x" }).then(
      () => false,
      () => true,
    ),
  );
  const refusal = {
    reason: "storage_full",
    message: expect.stringMatching(/^Your sessions and projects take [\d.]+ MiB/) as string,
  };
  await expect(server.client.task.submit.mutate({ prompt: "say: x" })).rejects.toMatchObject(refusal);
  await expect(server.client.session.fork.mutate({ sessionId })).rejects.toMatchObject(refusal);
  const document = await server.client.session.export.query({ sessionId });
  await expect(server.client.session.import.mutate({ document })).rejects.toMatchObject(refusal);
  const theirs = await submit(bob, "say: y");
  await bob.session.fork.mutate({ sessionId: theirs });

  await configure(100_000_000);
  await server.restart();
  await submit(server.client, "say: more");
});

it("forks at once, archives that come back, and what waits in a queue, don't take more", async () => {
  await using directory = await TemporaryDirectory.create();
  const configure = async (userBytes: number): Promise<void> =>
    writeFile(directory.join("trunkline.config.json"), JSON.stringify({ disk: { userBytes } }));
  await configure(60_000_000);
  await using roots = await TemporaryDirectory.create();
  const path = join(await realpath(roots.path), "demo");
  await makeRepository(path, { "a.txt": "a\n" });
  await using server = await ServerFixture.start({
    dataDir: directory.path,
    env: { TRUNKLINE_PROJECT_ROOTS: dirname(path) },
  });
  const { client } = server;
  const { id: projectId } = await client.project.create.mutate({
    name: "demo",
    source: { kind: "directory", path },
  });
  const archived = await submit(client, "run: echo b > a.txt", projectId);
  await client.session.archiveWork.mutate({ sessionId: archived });
  const sessionId = await submit(client, "run: head -c 25000000 /dev/zero > big");
  const forks = await Promise.allSettled(
    Array.from({ length: 6 }, async () => client.session.fork.mutate({ sessionId })),
  );
  expect(forks.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(forks.filter((fork) => fork.status === "rejected").map(({ reason }) => reason as unknown)).toEqual(
    Array.from({ length: 5 }, () => expect.objectContaining({ reason: "storage_full" }) as unknown),
  );

  const first = await client.task.submit.mutate({ prompt: "run: until test -e go; do sleep 0.1; done" });
  const { workspace } = (await client.session.get.query({ sessionId: first.sessionId })).session;
  const waiting = await client.task.submit.mutate({
    sessionId: first.sessionId,
    prompt: "run: head -c 9M /dev/zero > more",
    whenBusy: "enqueue",
  });
  // It has its files, and is at work in them.
  for await (const { type } of followTask(client, first)) if (type === "tool.called") break;
  await configure(1_000_000);
  await server.restart();
  await waitFor("the first measurement", async () =>
    client.task.submit.mutate({ prompt: "say: x" }).then(
      () => false,
      () => true,
    ),
  );
  await expect(client.session.restoreWork.mutate({ sessionId: archived })).rejects.toMatchObject({
    reason: "storage_full",
  });
  await writeFile(join(workspace, "go"), "");
  let last: unknown;
  for await (const event of followTask(client, waiting)) last = event;
  expect(last).toMatchObject({
    type: "task.failed",
    data: { error: { code: "storage_full", retryable: true } },
  });
});
