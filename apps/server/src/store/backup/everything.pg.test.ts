import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createClient, followTask } from "@trunkline/client";
import {
  addUser,
  FakeProvider,
  PostgresServer,
  readLog,
  redeemInvitation,
  ServerFixture,
} from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { backupEverything, restoreEverything, verifyRows } from "./backup.ts";

let postgres: PostgresServer;
let provider: FakeProvider;
let directory: TemporaryDirectory;
beforeAll(async () => {
  postgres = await PostgresServer.start();
  provider = await FakeProvider.start();
  directory = await TemporaryDirectory.create();
});
afterAll(async () => {
  await directory[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
});

it("backs up PostgreSQL with its files beside a running node, restores it elsewhere, and refuses under a node", async () => {
  const [from, to] = [await postgres.createDatabase(), await postgres.createDatabase()];
  await using node = await ServerFixture.start({ databaseUrl: from, env: provider.serverEnv });
  const running = await node.client.task.submit.mutate({ prompt: "stall" });
  for await (const { type } of followTask(node.client, running)) if (type === "step.started") break;
  const { session } = await node.client.session.get.query({ sessionId: running.sessionId });
  await mkdir(session.workspace, { recursive: true });
  await writeFile(`${session.workspace}/kept.txt`, "kept");
  const log = await readLog(node.client, running.sessionId);

  const backup = directory.join("backup");
  const here = { dataDir: node.dataDir, sharedDir: node.dataDir, databaseUrl: from };
  await backupEverything(backup, { ...here, withKeys: true });
  await expect(restoreEverything(backup, here)).rejects.toThrow("Stop all nodes first");

  const dataDir = directory.join("data");
  await mkdir(dataDir, { mode: 0o700 });
  await restoreEverything(backup, { dataDir, sharedDir: dataDir, databaseUrl: to });
  expect(await verifyRows({ dataDir, databaseUrl: to })).toMatchObject({ sessions: 1, differing: 0 });
  expect(await readFile(`${dataDir}/workspaces/${running.sessionId}/kept.txt`, "utf8")).toBe("kept");
  await using second = await ServerFixture.start({ dataDir, databaseUrl: to, env: provider.serverEnv });
  expect((await readLog(second.client, running.sessionId)).slice(0, log.length)).toEqual(log);
  expect((await second.client.task.get.query({ taskId: running.taskId })).state).toBe("canceled");
});

it("says how many tokens of the backup work again, or revokes them all with invitations and links", async () => {
  const [from, to] = [await postgres.createDatabase(), await postgres.createDatabase()];
  const backup = directory.join("access");
  await using node = await ServerFixture.start({ databaseUrl: from });
  const alice = await addUser(node, "alice");
  const { id: userId } = await node.client.user.create.mutate({ name: "dave" });
  const { code } = await node.client.user.invite.mutate({ userId });
  const { id: sessionId } = await alice.client.session.create.mutate({});
  const { secret } = await alice.client.share.create.mutate({ sessionId });
  const here = { dataDir: node.dataDir, sharedDir: node.dataDir, databaseUrl: from };
  await backupEverything(backup, { ...here, withKeys: true });

  const [dataDir, again] = [directory.join("access-kept"), directory.join("access-revoked")];
  const kept = await restoreEverything(backup, { dataDir, sharedDir: dataDir, databaseUrl: to });
  expect(kept.tokens).toBeGreaterThanOrEqual(2);
  const place = { dataDir: again, sharedDir: again, databaseUrl: to };
  expect(await restoreEverything(backup, { ...place, revokeTokens: true })).toMatchObject({ tokens: 0 });
  await using second = await ServerFixture.start({ dataDir: again, databaseUrl: to });
  const { url } = second;
  const refused = { reason: "unauthorized" };
  await expect(createClient({ url, token: alice.token }).user.me.query()).rejects.toMatchObject(refused);
  await expect(createClient({ url, token: secret }).session.get.query({ sessionId })).rejects.toMatchObject(
    refused,
  );
  await expect(redeemInvitation(url, code)).rejects.toThrow("401");
  expect((await second.client.user.me.query()).name).toBe("local");
});
