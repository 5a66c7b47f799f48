import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import { assertLogHolds, FakeProvider, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { referenceTree } from "./testing/reference-tree.ts";

/** Kills per stage; more: `TRUNKLINE_KILLS=50 pnpm vitest run …/killed.int.test.ts`. */
const ROUNDS = Number(process.env["TRUNKLINE_KILLS"] ?? 1);
const FILES = 300;

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
async function spinUntil(condition: () => Promise<unknown>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

const change = (word: "one" | "two"): string =>
  `mkdir -p d${word}; for i in {1..${FILES}}; do echo ${word} > f$i; echo ${word} > d${word}/$i; done; ` +
  `rm -rf d${word === "one" ? "two" : "one"}`;

const contentOf = async (path: string): Promise<string> =>
  (await readFile(path, "utf8").catch(() => "")).trim();

/** How far a revert has come. */
const STAGES: Record<string, (places: { repository: string; workspace: string; word: string }) => unknown> = {
  "the journal is written": ({ repository }) => existsSync(join(repository, "revert.json")),
  "the first file is restored": async ({ workspace, word }) =>
    (await contentOf(join(workspace, "f1"))) === word,
  "a directory is restored": ({ workspace, word }) => existsSync(join(workspace, `d${word}`, "9")),
};

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

  /** @returns the event whose files are there in the end. */
  async function revertAndKill(from: number, stage: string): Promise<number> {
    const [toSeq, word] = from === first ? [second, "two"] : [first, "one"];
    const request = server.client.session.revert.mutate({ sessionId, toSeq }).then(
      () => true,
      () => false,
    );
    const reached = spinUntil(async () => STAGES[stage]?.({ repository, workspace, word }));
    await Promise.race([reached, request]);
    await server.kill();
    const isAnswered = await request;
    await server.restart();
    // Its first use completes what was cut off.
    await server.client.session.changes.query({ sessionId });
    const log = await readLog(server.client, sessionId);
    assertLogHolds(log);
    const reverts = log.filter((event) => event.type === "workspace.reverted");
    const there = reverts.at(-1)?.data.toSeq ?? 0;
    expect({ stage, tree: await referenceTree(workspace) }).toEqual({ stage, tree: trees[there] });
    if (isAnswered) expect(there).toBe(toSeq);
    expect(existsSync(join(repository, "revert.json"))).toBe(false);
    const saved = log.filter((event) => event.type === "checkpoint.created" && event.data.cause === "revert");
    expect(saved).toHaveLength(reverts.length);
    return there;
  }

  let at = first;
  const seen = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const stage of Object.keys(STAGES)) seen.add((at = await revertAndKill(at, stage)));
  }
  // A journal that was written is always followed.
  expect(seen).toContain(second);
}, 600_000);

it("a revert that is completed later keeps what was written since", async () => {
  const sessionId = await run("echo one > f");
  const { session, lastSeq: toSeq } = await server.client.session.get.query({ sessionId });
  await run("echo two > f", sessionId);
  const checkpoints = async () =>
    (await readLog(server.client, sessionId)).filter((event) => event.type === "checkpoint.created");
  const target = (await checkpoints()).findLast(({ seq }) => seq <= toSeq)?.data;
  await server.kill();
  const entry = { nodeId: "gone", commit: target?.commit, tree: target?.tree, toSeq, by: "somebody" };
  await writeFile(join(server.dataDir, "checkpoints", sessionId, "revert.json"), JSON.stringify(entry));
  const file = join(session.workspace, "f");
  await writeFile(file, "mine\n");
  await server.restart();
  await server.client.session.changes.query({ sessionId });
  expect(await contentOf(file)).toBe("one");
  const before = (await checkpoints()).findLast(({ data }) => data.cause === "before-revert");
  await server.client.session.revert.mutate({ sessionId, toSeq: before?.seq ?? 0 });
  expect(await contentOf(file)).toBe("mine");
}, 600_000);

it("kill -9 in the middle of a checkpoint: the next one has everything, and nothing half-made is used", async () => {
  async function saveAndKill(): Promise<void> {
    // By the prompt: how many calls of the model there are is the kill's to say.
    const prompt = `tool: bash ${JSON.stringify({ command: change("one") })}\nreply: done`;
    const { taskId, sessionId } = await server.client.task.submit.mutate({ prompt });
    const repository = join(server.dataDir, "checkpoints", sessionId);
    await waitFor("the command's end", async () =>
      (await readLog(server.client, sessionId)).some(({ type }) => type === "tool.ended"),
    );
    await Promise.race([
      spinUntil(async () => existsSync(join(repository, "index.lock"))),
      waitFor("the end", async () => (await server.client.task.get.query({ taskId })).endedAt !== null),
    ]);
    await server.kill();
    await server.restart();
    await waitFor(
      "the end",
      async () => (await server.client.task.get.query({ taskId })).state === "completed",
    );
    const { workspace } = (await server.client.session.get.query({ sessionId })).session;
    const log = await readLog(server.client, sessionId);
    assertLogHolds(log);
    const newest = log.findLast((event) => event.type === "checkpoint.created");
    expect(newest?.data.tree).toBe(await referenceTree(workspace));
    const { files } = await server.client.session.changes.query({ sessionId });
    expect(files).toHaveLength(2 * FILES);
  }
  for (let round = 0; round < ROUNDS; round++) await saveAndKill();
}, 600_000);
