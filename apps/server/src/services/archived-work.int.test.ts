import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import { assertLogHolds, FakeProvider, readLog, say, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { referenceTree } from "../checkpoints/testing/reference-tree.ts";
import { git, makeRepository } from "../git/testing/repositories.ts";

let provider: FakeProvider;
let server: ServerFixture;
let root: string;
let projectId: string;
beforeAll(async () => {
  root = await mkdtemp(join(await realpath(tmpdir()), "trunkline-archived-"));
  await makeRepository(join(root, "demo"), {
    ".gitignore": "/deps\n*.log\n",
    "kept.log.txt": "tracked\n",
    "a.txt": "a\n",
  });
  provider = await FakeProvider.start();
  server = await ServerFixture.start({ env: { ...provider.serverEnv, TRUNKLINE_PROJECT_ROOTS: root } });
  const source = { kind: "directory", path: join(root, "demo") } as const;
  projectId = (await server.client.project.create.mutate({ name: "demo", source })).id;
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

async function run(command: string, where: { sessionId: string } | { projectId: string } = { projectId }) {
  provider.enqueue(say.reply(say.toolCall("bash", { command })), say.reply(say.text("done")));
  const task = await server.client.task.submit.mutate({ prompt: "go", ...where });
  for await (const { type, data } of followTask(server.client, task)) {
    if (type === "task.failed") throw new Error(`the task failed: ${JSON.stringify(data)}`);
  }
  return task.sessionId;
}

const workspaceOf = async (sessionId: string): Promise<string> =>
  (await server.client.session.get.query({ sessionId })).session.workspace;

async function download(path: string): Promise<Buffer> {
  const response = await fetch(server.url + path, { headers: { authorization: `Bearer ${server.token}` } });
  if (!response.ok) throw new Error(await response.text());
  return Buffer.from(await response.arrayBuffer());
}

const WORK =
  "echo b > a.txt; git commit -qam one; echo new > new.txt; mkdir deps; echo d > deps/d; echo l > x.log; chmod 755 new.txt";

it("work is kept as branch and patch without its workspace, which a task, a fork or a call brings back", async () => {
  const { client } = server;
  const sessionId = await run(WORK);
  const workspace = await workspaceOf(sessionId);
  const tree = await referenceTree(workspace);
  const before = await client.session.changes.query({ sessionId });
  const diff = await client.session.diff.query({ sessionId });

  const archived = await client.session.archiveWork.mutate({ sessionId });
  expect(existsSync(workspace)).toBe(false);
  // Again: the same answer.
  expect(await client.session.archiveWork.mutate({ sessionId })).toEqual(archived);
  const repository = join(server.dataDir, "publications", `${sessionId}.git`);
  expect(await git(repository, "rev-parse", archived.branch)).toBe(archived.commit);
  expect(await git(repository, "log", "--format=%s", `${archived.baseCommit}..${archived.branch}`)).toBe(
    "go\none",
  );
  expect(await client.session.changes.query({ sessionId })).toEqual(before);
  expect(await client.session.diff.query({ sessionId })).toEqual(diff);
  const none = { data: { reason: "workspace_archived" } };
  await expect(client.workspace.list.query({ sessionId })).rejects.toMatchObject(none);
  await expect(client.session.revert.mutate({ sessionId, toSeq: 1 })).rejects.toMatchObject(none);
  // The patch makes the same files of a clone, and the branch goes into the user's repository.
  const patch = join(root, "work.patch");
  await writeFile(patch, await download(archived.patch ?? ""));
  const clone = join(root, "clone");
  await git(root, "clone", "-q", join(root, "demo"), clone);
  await git(clone, "am", "-q", patch);
  expect(await git(clone, "rev-parse", "HEAD^{tree}")).toBe(
    await git(repository, "rev-parse", `${archived.commit}^{tree}`),
  );

  // A deletion wants to be told twice, until it is published.
  await expect(client.session.delete.mutate({ sessionId })).rejects.toMatchObject({
    data: { reason: "unpublished_work" },
    message: expect.stringContaining(`archived: ${archived.branch}`),
  });
  const published = await client.session.publish.mutate({ sessionId, kind: "local" });
  expect(published.commit).toBe(archived.commit);
  expect(existsSync(workspace)).toBe(false);

  await run("test ! -e deps && cat new.txt > again.txt", { sessionId });
  expect(await git(workspace, "rev-parse", "HEAD")).toBe(archived.commit);
  expect(await git(workspace, "symbolic-ref", "--short", "HEAD")).toBe(archived.branch);
  expect(await readFile(join(workspace, "again.txt"), "utf8")).toBe("new\n");
  await rm(join(workspace, "again.txt"));
  expect(await referenceTree(workspace)).toBe(tree);
  await git(workspace, "fsck", "--strict");
  await git(workspace, "checkout", "-q", "--", ".");

  await client.session.archiveWork.mutate({ sessionId });
  const fork = await client.session.fork.mutate({ sessionId });
  expect(await referenceTree(fork.workspace)).toBe(await referenceTree(workspace));
  await run("echo more > more.txt", { sessionId: fork.id });
  await client.session.archiveWork.mutate({ sessionId: fork.id });
  expect(existsSync(fork.workspace)).toBe(false);
  await client.session.restoreWork.mutate({ sessionId: fork.id });
  expect(await readFile(join(fork.workspace, "more.txt"), "utf8")).toBe("more\n");
  for (const id of [sessionId, fork.id]) assertLogHolds(await readLog(server.client, id));
});

it("what its changes do not show leaves the server only when told, archived or not", async () => {
  const { client } = server;
  const sessionId = await run(
    "echo .ci >> .git/info/exclude; mkdir .ci; echo 'on: push' > .ci/push.yml; git add -f .ci; git commit -qm ci; echo b > b.txt",
  );
  const { files } = await client.session.changes.query({ sessionId });
  expect(files.map(({ path }) => path)).toEqual(["b.txt"]);
  const input = { sessionId, kind: "local" } as const;
  const refusal = {
    data: { reason: "validation_failed" },
    message: expect.stringContaining("otherwise than its changes show them: .ci/push.yml. Look"),
  };
  await expect(client.session.publish.mutate(input)).rejects.toMatchObject(refusal);
  // As a process writes that a command has left behind: what is told of once is shown from then on.
  await writeFile(join(await workspaceOf(sessionId), "late.txt"), "late\n");
  await expect(client.session.publish.mutate(input)).rejects.toThrow(/them: \.ci\/push\.yml, late\.txt\./);
  const shown = await client.session.changes.query({ sessionId });
  expect(shown.files.map(({ path }) => path)).toEqual(["b.txt", "late.txt"]);
  await expect(client.session.publish.mutate(input)).rejects.toMatchObject(refusal);
  const { branch, patch } = await client.session.archiveWork.mutate({ sessionId });
  await expect(client.session.publish.mutate(input)).rejects.toMatchObject(refusal);
  expect(await client.session.changes.query({ sessionId })).toEqual(shown);
  const demo = join(root, "demo");
  expect(await git(demo, "for-each-ref", `refs/heads/${branch}`)).toBe("");
  expect((await download(patch ?? "")).toString()).toContain("+on: push");
  await client.session.publish.mutate({ ...input, unshown: true });
  expect(await git(demo, "show", `${branch}:.ci/push.yml`)).toBe("on: push");
});

it("what its branch would not keep is named, and lost only when told twice", async () => {
  const { client } = server;
  const sessionId = await run("git stash list; echo s > a.txt; git stash -q; git checkout -qb side; true");
  const workspace = await workspaceOf(sessionId);
  await expect(client.session.archiveWork.mutate({ sessionId })).rejects.toMatchObject({
    data: { reason: "unpublished_work" },
    message: expect.stringContaining("discardWork"),
  });
  expect(existsSync(workspace)).toBe(true);
  const { patch, commit, baseCommit } = await client.session.archiveWork.mutate({
    sessionId,
    discardWork: true,
  });
  expect([patch, commit]).toEqual([null, baseCommit]);
  await client.session.delete.mutate({ sessionId });
});

it("an archive of the files leaves ignored ones out when asked, and what is tracked in; nothing goes under a task", async () => {
  const names = async (sessionId: string, query: string): Promise<string[]> => {
    const archive = await download(`/api/sessions/${sessionId}/archive${query}`);
    const listed = execFileSync("tar", ["-tz"], { input: archive, encoding: "utf8" });
    return listed
      .split("\n")
      .map((name) => name.slice(name.indexOf("/") + 1))
      .filter((name) => name !== "")
      .toSorted();
  };
  const inProject = await run(`${WORK}; git add -f x.log; mkdir -p sub/deep; echo y > sub/deep/y.log`);
  expect(await names(inProject, "")).toEqual(expect.arrayContaining(["deps/d", "sub/deep/y.log", "x.log"]));
  expect(await names(inProject, "?ignored=false")).toEqual([
    ".gitignore",
    "a.txt",
    "kept.log.txt",
    "new.txt",
    "x.log",
  ]);

  // By its prompt: a reply that waited in the provider's queue might be the next task's, where the cancel is faster.
  const prompt = `tool: bash ${JSON.stringify({ command: "sleep 600" })}`;
  const { taskId } = await server.client.task.submit.mutate({ prompt, sessionId: inProject });
  await expect(server.client.session.archiveWork.mutate({ sessionId: inProject })).rejects.toMatchObject({
    data: { reason: "session_busy" },
  });
  expect(existsSync(await workspaceOf(inProject))).toBe(true);
  await server.client.task.cancel.mutate({ taskId });

  const { id } = await server.client.session.create.mutate({});
  expect(await names(id, "?ignored=false")).toEqual([]);
  await run("echo '*.log' > .gitignore; touch a.log b; mkdir .npm; touch .npm/c", { sessionId: id });
  expect(await names(id, "?ignored=false")).toEqual([".gitignore", "b"]);
});
