import { execFile } from "node:child_process";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { followTask } from "@trunkline/client";
import { FakeProvider, readLog, say, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { backupEverything, restoreEverything, verifyRows } from "./backup.ts";

const run = promisify(execFile);
const TASKS = 20;

let provider: FakeProvider;
let first: ServerFixture;
let elsewhere: TemporaryDirectory;
beforeAll(async () => {
  // A task writes a file with each step, and never ends by itself.
  provider = await FakeProvider.start({
    respond: (_request, call) =>
      say.reply(say.toolCall("write_file", { path: `file-${call}.txt`, content: `written by call ${call}` })),
  });
  first = await ServerFixture.start({ env: { ...provider.serverEnv, TRUNKLINE_CONCURRENCY: String(TASKS) } });
  elsewhere = await TemporaryDirectory.create();
});
afterAll(async () => {
  await first[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await elsewhere[Symbol.asyncDispose]();
});

const placeOf = (dataDir: string) => ({ dataDir, sharedDir: dataDir, databaseUrl: undefined });

it("backs up everything while 20 tasks run, and restores it elsewhere, where every hash and every row is right", async () => {
  const submitted = await Promise.all(
    Array.from({ length: TASKS }, async () => first.client.task.submit.mutate({ prompt: "go" })),
  );
  // Each of them is at work: it has written and saved something.
  await Promise.all(
    submitted.map(async (task) => {
      for await (const { type, data } of followTask(first.client, task))
        if (type === "checkpoint.created" && data.cause === "step") break;
    }),
  );
  const blob = await fetch(`${first.url}/api/blobs`, {
    method: "POST",
    headers: { authorization: `Bearer ${first.token}`, "content-type": "application/octet-stream" },
    body: "attached",
  });
  expect(blob.status).toBe(201);

  const backup = elsewhere.join("backup");
  const summary = await backupEverything(backup, { ...placeOf(first.dataDir), withKeys: true });
  expect(summary.files).toBeGreaterThan(TASKS * 2);
  const record = JSON.parse(await readFile(join(backup, "trunkline-backup.json"), "utf8")) as object;
  expect(record).toMatchObject({ leftOut: summary.leftOut });
  expect((await stat(backup)).mode & 0o777).toBe(0o700);
  await expect(backupEverything(backup, { ...placeOf(first.dataDir), withKeys: true })).rejects.toThrow(
    "already exists",
  );

  const dataDir = elsewhere.join("data");
  await restoreEverything(backup, placeOf(dataDir));
  // Somebody else's program.
  await run("sha256sum", ["--check", "--quiet", join(backup, "files.sha256")], { cwd: dataDir });
  expect(await verifyRows({ dataDir, databaseUrl: undefined })).toMatchObject({
    sessions: TASKS,
    differing: 0,
  });
  const names = await readdir(dataDir);
  for (const left of ["token", "server.json", "logs", "trunkline.lock-wal"])
    expect(names).not.toContain(left);

  const [task] = submitted;
  if (task === undefined) throw new Error("no task");
  // A restore was killed since.
  await writeFile(join(dataDir, "trunkline.db.restoring"), "half");
  await using second = await ServerFixture.start({ dataDir, env: provider.serverEnv });
  expect(await readdir(dataDir)).not.toContain("trunkline.db.restoring");
  const log = await readLog(second.client, task.sessionId);
  const checkpoint = log.findLast(({ type }) => type === "checkpoint.created");
  expect(checkpoint).toBeDefined();
  expect((await second.client.task.get.query({ taskId: task.taskId })).state).toBe("canceled");
  // The files of the last checkpoint are there, whatever the copy of the workspace missed.
  await second.client.session.revert.mutate({ sessionId: task.sessionId, toSeq: checkpoint?.seq ?? 0 });
  const { session } = await second.client.session.get.query({ sessionId: task.sessionId });
  expect(session.workspace.startsWith(dataDir)).toBe(true);
  const [file = ""] = (await readdir(session.workspace)).filter((name) => name.startsWith("file-"));
  expect(await readFile(join(session.workspace, file), "utf8")).toMatch(/^written by call \d+$/);
});

it("restores nothing of a backup that is damaged, and keeps what it replaces", async () => {
  const backup = elsewhere.join("again");
  await backupEverything(backup, { ...placeOf(first.dataDir), withKeys: false });
  const dataDir = elsewhere.join("used");
  await restoreEverything(backup, placeOf(dataDir));
  await writeFile(join(dataDir, "revocations"), '{"tokenHash":"aa","at":1}\n');

  const { replaced } = await restoreEverything(backup, placeOf(dataDir));
  expect(replaced.map((path) => /^(.*)\.replaced-/.exec(path)?.[1] ?? path).toSorted()).toEqual(
    ["blobs", "checkpoints", "trunkline-place", "trunkline.db", "workspaces"].map(
      (name) => expect.stringContaining(join(dataDir, name)) as string,
    ),
  );
  expect(await readFile(join(dataDir, "revocations"), "utf8")).toContain('"tokenHash":"aa"');

  const before = await readdir(dataDir);
  const archive = join(backup, "files.tar");
  const bytes = await readFile(archive);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(archive, bytes);
  await expect(restoreEverything(backup, placeOf(dataDir))).rejects.toThrow("is damaged");
  expect(await readdir(dataDir)).toEqual(before);
});
