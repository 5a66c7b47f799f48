import { writeFile } from "node:fs/promises";
import { followTask, type TrunklineClient } from "@trunkline/client";
import { addUser, ServerFixture, waitFor } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";

/** @returns the session, once the task has ended. */
async function submit(client: TrunklineClient, prompt: string): Promise<string> {
  const task = await client.task.submit.mutate({ prompt });
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
