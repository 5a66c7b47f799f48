import { writeFile } from "node:fs/promises";
import { ServerFixture, waitFor } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";

it("takes no new task once the disk budget is used up, says so everywhere, and goes on with the rest", async () => {
  await using directory = await TemporaryDirectory.create();
  await writeFile(
    directory.join("trunkline.config.json"),
    // An empty database with its reserve takes more.
    JSON.stringify({ disk: { budgetBytes: 1_000_000 } }),
  );
  await using server = await ServerFixture.start({ dataDir: directory.path });
  const { client } = server;
  await waitFor(
    "the first measurement",
    async () => (await client.server.info.query()).disk?.usedBytes !== null,
  );
  expect((await client.server.info.query()).disk).toMatchObject({ budgetBytes: 1_000_000 });
  await expect(client.task.submit.mutate({ prompt: "say: x" })).rejects.toMatchObject({
    reason: "storage_full",
    message: expect.stringContaining("trunkline vacuum") as string,
  });
  const { id } = await client.session.create.mutate({ title: "Read and deleted as before" });
  await client.session.delete.mutate({ sessionId: id });
  const ready = await fetch(`${server.url}/ready`);
  expect([ready.status, await ready.json()]).toMatchObject([200, { checks: { "disk budget": "exceeded" } }]);
  const metrics = await fetch(`${server.url}/metrics`, {
    headers: { authorization: `Bearer ${server.token}` },
  });
  expect(await metrics.text()).toMatch(/^trunkline_disk_budget_bytes 1000000$/m);
  expect(server.logs).toContain("the disk budget is used up");
});
