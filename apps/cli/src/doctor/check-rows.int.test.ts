import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerFixture } from "@trunkline/testkit";
import { followTask } from "@trunkline/client";
import { expect, it } from "vitest";
import { checkRows } from "./check-rows.ts";

const quiet = { show: () => undefined, [Symbol.dispose]: () => undefined };

it("finds every row as its log says, beside a server that runs", async () => {
  await using server = await ServerFixture.start();
  const task = await server.client.task.submit.mutate({ prompt: "say: hello" });
  for await (const _ of followTask(server.client, task));
  const findings = await checkRows({ dataDir: server.dataDir, databaseUrl: undefined }, quiet);
  expect(findings).toEqual([
    {
      check: "rows",
      level: "ok",
      message: expect.stringMatching(/^1 sessions, \d+ events: every row/) as string,
    },
  ]);
});

it("says where there is no database, and makes none", async () => {
  const directory = await mkdtemp(join(tmpdir(), "trunkline-rows-"));
  expect(await checkRows({ dataDir: directory, databaseUrl: undefined }, quiet)).toMatchObject([
    { level: "fail", message: expect.stringMatching(/no database/i) as string },
  ]);
  await rm(directory, { recursive: true });
});
