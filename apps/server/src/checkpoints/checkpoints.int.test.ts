import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import { assertLogHolds, FakeProvider, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { referenceTree, userGit } from "./testing/reference-tree.ts";

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

/** One task: each command is a step of its own. @returns once it has ended. */
async function run(commands: readonly string[], sessionId?: string): Promise<string> {
  provider.enqueue(
    ...commands.map((command) => say.reply(say.toolCall("bash", { command }))),
    say.reply(say.text("done")),
  );
  const task = await server.client.task.submit.mutate({ prompt: "go", sessionId });
  for await (const { type } of followTask(server.client, task)) {
    if (type === "task.failed") throw new Error("the task failed");
  }
  return task.sessionId;
}

type CheckpointEvent = Extract<SessionEvent, { type: "checkpoint.created" }>;

const checkpointsOf = async (sessionId: string): Promise<CheckpointEvent[]> =>
  (await readLog(server.client, sessionId)).filter((event) => event.type === "checkpoint.created");
const causesOf = async (sessionId: string) => (await checkpointsOf(sessionId)).map(({ data }) => data.cause);
const workspaceOf = async (sessionId: string): Promise<string> =>
  (await server.client.session.get.query({ sessionId })).session.workspace;
const lastSeqOf = async (sessionId: string): Promise<number> =>
  (await server.client.session.get.query({ sessionId })).lastSeq;

describe("checkpoints of a session", () => {
  it("follow the steps that wrote something, whatever wrote it, and cost nothing else", async () => {
    const sessionId = await run([
      "echo one > a; mkdir d; ln -s a d/link; chmod 700 a",
      "ls",
      "rm a; echo two > b",
    ]);
    const log = await readLog(server.client, sessionId);
    assertLogHolds(log);
    const order = log.flatMap(({ type }) =>
      ["checkpoint.created", "tool.called", "step.started"].includes(type) ? [type] : [],
    );
    expect(order).toEqual([
      "step.started",
      "checkpoint.created",
      "tool.called",
      "checkpoint.created",
      "step.started",
      "tool.called",
      "step.started",
      "tool.called",
      "checkpoint.created",
      "step.started",
    ]);
    expect(await causesOf(sessionId)).toEqual(["base", "step", "step"]);
    const saved = await checkpointsOf(sessionId);
    expect(saved[2]?.data.tree).toBe(await referenceTree(await workspaceOf(sessionId)));
    expect(saved.every(({ taskId }) => taskId !== null)).toBe(true);

    const reading = await server.client.session.create.mutate({});
    provider.enqueue(say.reply(say.toolCall("list_files", {})), say.reply(say.text("done")));
    const task = await server.client.task.submit.mutate({ prompt: "look", sessionId: reading.id });
    for await (const _ of followTask(server.client, task));
    expect(await causesOf(reading.id)).toEqual([]);
    expect(existsSync(join(server.dataDir, "checkpoints", reading.id))).toBe(false);
    expect(await server.client.session.changes.query({ sessionId: reading.id })).toMatchObject({
      files: [],
      fromCommit: null,
    });
    expect((await server.client.session.checkpoints.query({ sessionId, limit: 2 })).items).toMatchObject([
      { seq: saved[2]?.seq, cause: "step" },
      { seq: saved[1]?.seq, cause: "step" },
    ]);
  });

  it("are compared as git does, per task and whole", async () => {
    const sessionId = await run([
      "printf 'one\\r\\ntwo\\r\\n' > dos.txt; seq 30 > numbers; printf '\\0' > bin",
    ]);
    const afterFirst = await lastSeqOf(sessionId);
    await run(
      ["printf 'one\\r\\n2\\r\\n' > dos.txt; git mv numbers x 2>/dev/null || mv numbers counted; rm bin"],
      sessionId,
    );
    const workspace = await workspaceOf(sessionId);
    await userGit(workspace, "init", "-q");
    const { fromCommit, toCommit, files } = await server.client.session.changes.query({
      sessionId,
      fromSeq: afterFirst,
    });
    expect(files).toEqual([
      expect.objectContaining({ path: "bin", status: "deleted", binary: true, additions: null }),
      expect.objectContaining({ path: "counted", oldPath: "numbers", status: "renamed" }),
      expect.objectContaining({ path: "dos.txt", status: "modified", additions: 1, deletions: 1 }),
    ]);
    const repository = join(server.dataDir, "checkpoints", sessionId);
    const theirs = await userGit(repository, "--git-dir=.", "diff", fromCommit ?? "", toCommit ?? "");
    const whole = await server.client.session.diff.query({ sessionId, fromSeq: afterFirst });
    expect(whole).toMatchObject({ diff: theirs, truncated: false });
    const one = await server.client.session.diff.query({ sessionId, fromSeq: afterFirst, path: "dos.txt" });
    expect(one.diff).toContain("-two\r\n+2\r\n");
    const all = await server.client.session.changes.query({ sessionId });
    expect(all.files.map(({ path, status }) => [path, status])).toEqual([
      ["counted", "added"],
      ["dos.txt", "added"],
    ]);
    expect(all).toMatchObject({ additions: 32, deletions: 0 });
  });

  it("are restored exactly by a revert, which can be reverted, whole and in parts", async () => {
    const sessionId = await run([
      "mkdir -p src node_modules; echo 1 > src/a; echo 1 > src/b; echo '#!/bin/sh' > run; chmod 755 run; ln -s src link; echo node_modules > .gitignore; echo kept > node_modules/x",
    ]);
    const workspace = await workspaceOf(sessionId);
    const [first, firstTree] = [await lastSeqOf(sessionId), await referenceTree(workspace)];
    await run(
      [
        "rm -r src; echo file > src; chmod 644 run; rm link; mkdir link; echo x > link/y; echo changed > node_modules/x; git init -q; git add src; git -c user.name=a -c user.email=a@b commit -qm mine",
      ],
      sessionId,
    );
    const [second, secondTree] = [await lastSeqOf(sessionId), await referenceTree(workspace)];
    const index = await userGit(workspace, "ls-files", "-s");
    const head = await userGit(workspace, "rev-parse", "HEAD");

    const reverted = await server.client.session.revert.mutate({ sessionId, toSeq: first });
    expect(reverted).toMatchObject({ id: sessionId, status: "idle" });
    expect(await referenceTree(workspace)).toBe(firstTree);
    expect(await readFile(join(workspace, "node_modules/x"), "utf8")).toBe("changed\n");
    expect(await userGit(workspace, "ls-files", "-s")).toBe(index);
    expect(await userGit(workspace, "rev-parse", "HEAD")).toBe(head);
    expect(await causesOf(sessionId)).toEqual(["base", "step", "step", "revert"]);
    const log = await readLog(server.client, sessionId);
    expect(log.at(-1)).toMatchObject({ type: "workspace.reverted", data: { toSeq: first, by: "local" } });
    expect(log.at(-2)).toMatchObject({ type: "checkpoint.created", data: { tree: firstTree } });

    // Nothing to do says nothing.
    await server.client.session.revert.mutate({ sessionId, toSeq: first });
    expect(await lastSeqOf(sessionId)).toBe(log.at(-1)?.seq);

    // What somebody wrote outside any task is saved before it is replaced.
    await writeFile(join(workspace, "by-hand"), "mine\n");
    await server.client.session.revert.mutate({ sessionId, toSeq: second });
    expect(await referenceTree(workspace)).toBe(secondTree);
    const byHand = (await checkpointsOf(sessionId)).find(({ data }) => data.cause === "before-revert");
    await server.client.session.revert.mutate({
      sessionId,
      toSeq: byHand?.seq ?? 0,
      paths: ["by-hand", "run"],
    });
    expect(await readFile(join(workspace, "by-hand"), "utf8")).toBe("mine\n");
    expect(await readFile(join(workspace, "src"), "utf8")).toBe("file\n");
    const { files } = await server.client.session.changes.query({ sessionId, fromSeq: second });
    expect(files.map(({ path, newMode }) => [path, newMode])).toEqual([
      ["by-hand", "100644"],
      ["run", "100755"],
    ]);

    const refusals: [input: { toSeq: number; paths?: string[] }, reason: string][] = [
      [{ toSeq: 99_999 }, "cursor_invalid"],
      [{ toSeq: second, paths: ["../outside"] }, "validation_failed"],
      [{ toSeq: second, paths: ["no-such-file"] }, "not_found"],
    ];
    for (const [input, reason] of refusals) {
      const refused = server.client.session.revert.mutate({ sessionId, ...input });
      await expect(refused).rejects.toMatchObject({ data: { reason } });
    }
  });

  it("of another message are a fork's files, exactly; its own way changes neither", async () => {
    const sessionId = await run([
      "echo 1 > a; mkdir d; echo 1 > d/b; chmod 755 a; ln -s a link; git init -q; echo log > .gitignore; echo x > log",
    ]);
    const workspace = await workspaceOf(sessionId);
    const [first, firstTree] = [await lastSeqOf(sessionId), await referenceTree(workspace)];
    await run(["rm -r d; echo 2 > a; chmod 644 a; rm link; echo new > c"], sessionId);
    const secondTree = await referenceTree(workspace);

    const earlier = await server.client.session.fork.mutate({ sessionId, atSeq: first });
    expect(await referenceTree(earlier.workspace)).toBe(firstTree);
    expect(existsSync(join(earlier.workspace, "log"))).toBe(false);
    expect(existsSync(join(earlier.workspace, ".git", "HEAD"))).toBe(true);
    const now = await server.client.session.fork.mutate({ sessionId });
    expect(await referenceTree(now.workspace)).toBe(secondTree);
    expect(await readFile(join(now.workspace, "log"), "utf8")).toBe("x\n");

    // The event between the call and its checkpoint has the call's files.
    const called = (await readLog(server.client, sessionId)).findLast(({ type }) => type === "tool.ended");
    const between = await server.client.session.fork.mutate({ sessionId, atSeq: called?.seq });
    expect(await referenceTree(between.workspace)).toBe(secondTree);

    await run(["echo fork > own"], earlier.id);
    expect(
      (await server.client.session.changes.query({ sessionId: earlier.id, fromSeq: first })).files,
    ).toMatchObject([{ path: "own", status: "added" }]);
    expect(await referenceTree(workspace)).toBe(secondTree);
    await server.client.session.revert.mutate({ sessionId: earlier.id, toSeq: 1 });
    expect(existsSync(join(earlier.workspace, "a"))).toBe(false);
    expect(await referenceTree(workspace)).toBe(secondTree);
    await server.client.session.delete.mutate({ sessionId });
    expect(existsSync(join(server.dataDir, "checkpoints", sessionId))).toBe(false);
    await server.client.session.revert.mutate({ sessionId: earlier.id, toSeq: first });
    expect(await referenceTree(earlier.workspace)).toBe(firstTree);
  });

  it("have what was written before a cancel, and refuse a revert while a task runs", async () => {
    provider.enqueue(say.reply(say.toolCall("bash", { command: "echo half > half; echo begun; sleep 600" })));
    const { taskId, sessionId } = await server.client.task.submit.mutate({ prompt: "go" });
    await waitFor("the command", async () =>
      (await readLog(server.client, sessionId)).some(({ type }) => type === "tool.progress"),
    );
    const revert = async () => server.client.session.revert.mutate({ sessionId, toSeq: 1 });
    await expect(revert()).rejects.toMatchObject({ data: { reason: "session_busy" } });
    await server.client.task.cancel.mutate({ taskId });
    await waitFor(
      "the end",
      async () => (await server.client.task.get.query({ taskId })).state === "canceled",
    );
    expect(await causesOf(sessionId)).toEqual(["base", "end"]);
    expect((await server.client.session.changes.query({ sessionId })).files).toMatchObject([
      { path: "half" },
    ]);
    const log = await readLog(server.client, sessionId);
    expect(log.at(-1)?.type).toBe("task.canceled");
    await revert();
    expect(existsSync(join(await workspaceOf(sessionId), "half"))).toBe(false);
  });

  it("are of no task where the one that wrote has ended, as in a fork that begins before its step did", async () => {
    const sessionId = await run(["echo one > a", "echo two > b"]);
    const log = await readLog(server.client, sessionId);
    const last = log.findLast(({ type }) => type === "tool.ended");
    const fork = await server.client.session.fork.mutate({ sessionId, atSeq: last?.seq });
    await writeFile(join(fork.workspace, "b"), "two\n");
    const { files } = await server.client.session.changes.query({ sessionId: fork.id });
    expect(files.map(({ path }) => path)).toEqual(["a", "b"]);
    expect((await checkpointsOf(fork.id)).at(-1)).toMatchObject({ taskId: null, data: { cause: "end" } });
    assertLogHolds(await readLog(server.client, fork.id));
  });

  it("leave out what cannot be read, name it, and stay possible", async (context) => {
    context.skip(spawnSync("bwrap", ["--version"]).status !== 0, "needs bubblewrap: root could read it");
    const sessionId = await run([
      "echo x > secret; echo y > open; mkdir closed; echo z > closed/in; chmod 000 secret",
    ]);
    const workspace = await workspaceOf(sessionId);
    expect((await checkpointsOf(sessionId)).at(-1)?.data.omitted).toEqual(["secret"]);
    await run(["chmod 000 closed; echo more > open; mkfifo pipe; ln -s /etc/passwd out"], sessionId);
    const { files } = await server.client.session.changes.query({ sessionId });
    expect(files.map(({ path }) => path)).toEqual(["closed/in", "open", "out"]);
    await chmod(join(workspace, "closed"), 0o700);
  });
});

describe("kill -9", () => {
  it("in a call that writes: what it wrote is in a checkpoint, before anything else is done", async () => {
    provider.enqueue(
      say.reply(say.toolCall("bash", { command: "echo before > crash; echo begun; sleep 600" })),
      say.reply(say.text("resumed")),
    );
    const { taskId, sessionId } = await server.client.task.submit.mutate({ prompt: "go" });
    await waitFor("the command", async () =>
      (await readLog(server.client, sessionId)).some(({ type }) => type === "tool.progress"),
    );
    await server.kill();
    await server.restart();
    await waitFor(
      "the end",
      async () => (await server.client.task.get.query({ taskId })).state === "completed",
    );
    expect(await causesOf(sessionId)).toEqual(["base", "step"]);
    expect((await server.client.session.changes.query({ sessionId })).files).toMatchObject([
      { path: "crash" },
    ]);
    assertLogHolds(await readLog(server.client, sessionId));
  });
});
