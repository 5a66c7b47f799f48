import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import { assertLogHolds, FakeProvider, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { referenceTree } from "./testing/reference-tree.ts";

/** Kills per stage; more: `TRUNKLINE_KILLS=50 pnpm vitest run …/killed.int.test.ts`. */
const ROUNDS = Number(process.env["TRUNKLINE_KILLS"] ?? 1);
const FILES = 600;

let provider: FakeProvider;
let server: ServerFixture;
beforeAll(async () => {
  provider = await FakeProvider.start();
  server = await ServerFixture.start({ env: provider.serverEnv });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

async function run(command: string, sessionId?: string): Promise<string> {
  provider.enqueue(say.reply(say.toolCall("bash", { command })), say.reply(say.text("done")));
  const task = await server.client.task.submit.mutate({ prompt: "go", sessionId });
  for await (const { type } of followTask(server.client, task)) {
    if (type === "task.failed") throw new Error("the task failed");
  }
  return task.sessionId;
}

/** Looks without rest, so that what is waited for has only just begun. */
async function spinUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

const change = (word: string): string =>
  `mkdir -p d${word}; for i in {1..${FILES}}; do echo ${word} > f$i; echo ${word} > d${word}/$i; done; rm -rf d${word === "one" ? "two" : "one"}`;

it("kill -9 at any stage of a revert: it is done or undone, whole, and the log says which", async () => {
  const sessionId = await run(change("one"));
  const { session, lastSeq: first } = await server.client.session.get.query({ sessionId });
  const { workspace } = session;
  await run(change("two"), sessionId);
  const second = (await server.client.session.get.query({ sessionId })).lastSeq;
  const trees = { [first]: "", [second]: await referenceTree(workspace) };
  await server.client.session.revert.mutate({ sessionId, toSeq: first });
  trees[first] = await referenceTree(workspace);
  const repository = join(server.dataDir, "checkpoints", sessionId);

  let at = first;
  const ended: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const stages = {
      journal: () => existsSync(join(repository, "revert.json")),
      index: () => existsSync(join(repository, "index.lock")) && existsSync(join(repository, "revert.json")),
      "a file": async (to: string) => (await readFile(join(workspace, "f1"), "utf8").catch(() => "")) === `${to}\n`,
      "the last file": async (to: string) =>
        (await readFile(join(workspace, `f${FILES}`), "utf8").catch(() => "")) === `${to}\n`,
      "the log": async () => {
        const head = readdirSync(repository).includes("revert.json");
        return head && existsSync(join(workspace, at === first ? "dtwo/9" : "done/9"));
      },
    };
    for (const [stage, isReached] of Object.entries(stages)) {
      const target = at === first ? second : first;
      const word = target === first ? "one" : "two";
      const request = server.client.session.revert.mutate({ sessionId, toSeq: target }).then(
        () => true,
        () => false,
      );
      await Promise.race([spinUntil(() => isReached(word)), request]);
      await server.kill();
      const isAnswered = await request;
      await server.restart();
      // Its first use completes what was cut off.
      await server.client.session.changes.query({ sessionId });
      const tree = await referenceTree(workspace);
      const log = await readLog(server.client, sessionId);
      assertLogHolds(log);
      const last = log.findLast((event) => event.type === "workspace.reverted");
      const isDone = last?.data.toSeq === target;
      expect({ stage, tree }).toEqual({ stage, tree: trees[isDone ? target : at] });
      if (isAnswered) expect(isDone).toBe(true);
      expect(existsSync(join(repository, "revert.json"))).toBe(false);
      const reverts = log.filter(({ type }) => type === "workspace.reverted").length;
      expect(log.filter(({ type, data }) => type === "checkpoint.created" && "cause" in data && data.cause === "revert")).toHaveLength(reverts);
      if (isDone) at = target;
      ended.push(`${stage}: ${isDone ? "done" : "undone"}`);
    }
  }
  expect(ended).toContainEqual(expect.stringContaining("done"));
}, 600_000);

it("kill -9 in the middle of a checkpoint: the next one has everything, and nothing half-made is used", async () => {
  for (let round = 0; round < ROUNDS; round++) {
    provider.enqueue(
      say.reply(say.toolCall("bash", { command: change("one") })),
      say.reply(say.text("done")),
      say.reply(say.text("done")),
    );
    const { taskId, sessionId } = await server.client.task.submit.mutate({ prompt: "go" });
    const repository = join(server.dataDir, "checkpoints", sessionId);
    await waitFor("the command's end", async () =>
      (await readLog(server.client, sessionId)).some(({ type }) => type === "tool.ended"),
    );
    await Promise.race([
      spinUntil(() => existsSync(join(repository, "index.lock"))),
      waitFor("the end", async () => (await server.client.task.get.query({ taskId })).endedAt !== null),
    ]);
    await server.kill();
    await server.restart();
    await waitFor("the end", async () => (await server.client.task.get.query({ taskId })).state === "completed");
    const { workspace } = (await server.client.session.get.query({ sessionId })).session;
    const log = await readLog(server.client, sessionId);
    assertLogHolds(log);
    const newest = log.findLast((event) => event.type === "checkpoint.created");
    expect(newest?.data.tree).toBe(await referenceTree(workspace));
    const { files } = await server.client.session.changes.query({ sessionId });
    expect(files).toHaveLength(2 * FILES);
  }
}, 600_000);
