import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Project, Session } from "@trunkline/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openTestGit, type TestGit } from "../git/testing/open-test-git.ts";
import {
  alice,
  isTerminalEventOf,
  type Script,
  type ScriptedNode,
  startScriptedNode,
  untilAborted,
} from "../runner/testing/scripted-node.ts";
import type { Store } from "../store/port.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { auditRecord } from "../store/testing/audit-record.ts";
import { commitFiles, git, makeRepository } from "../git/testing/repositories.ts";
import { createFindUnpublishedWork } from "../workspaces/unpublished-work.ts";
import { createWorkspaces } from "../workspaces/workspaces.ts";
import { removeDirectory } from "../common/remove-directory.ts";
import { removeUser } from "./remove-user.ts";

const PROJECT = "01900000-0000-7000-8000-0000000000aa";

let bench: TestGit;
let store: Store;
let node: ScriptedNode;
let source: string;
beforeEach(async () => {
  bench = await openTestGit();
  source = join(bench.dataDir, "source");
  const mirror = join(bench.dataDir, "projects", PROJECT, "mirror.git");
  const commit = await makeRepository(source, { "a.txt": "a\n" });
  await git(bench.dataDir, "clone", "-q", "--bare", source, mirror);
  store = await openSqliteStore({
    path: join(bench.dataDir, "db"),
    now: Date.now,
    onFatal: (error) => {
      throw error;
    },
  });
  const workspaces = createWorkspaces({
    store,
    git: bench.git,
    removeDirectory,
    sharedDir: bench.dataDir,
    isShared: () => false,
    spares: { take: async () => false, refill: () => undefined },
    findDirectory: async () => source,
    fetchBase: async () => ({
      mirror,
      commit,
      ref: "main",
      origin: source,
      fetched: { projectId: PROJECT, commit, durationMs: 1 },
    }),
  });
  const { dataDir } = bench;
  node = await startScriptedNode({
    store,
    directory: dataDir,
    scripts: new Map<string, Script>([["hold", async ({ signal }) => untilAborted(signal)]]),
    workspaces,
    findUnpublishedWork: createFindUnpublishedWork({ git: bench.git, dataDir, sharedDir: dataDir }),
  });
  await store.projects.create(PROJECT_ROW(source), auditRecord());
});
afterEach(async () => {
  await node.close();
  await bench[Symbol.asyncDispose]();
});

const PROJECT_ROW = (path: string): Project => ({
  id: PROJECT,
  ownerId: alice.userId,
  name: "p",
  source: { kind: "directory", path },
  baseRef: null,
  setup: null,
  network: "off",
  allowedHosts: [],
  environment: [],
  instructions: null,
  shared: false,
  credential: null,
  lastFetch: null,
  createdAt: 1,
  updatedAt: 1,
});

/** A session in the project that has run once. */
async function session(workspace: "clone" | "in-place" = "clone"): Promise<Session> {
  const { sessionId, task } = await node.tasks.submit(alice, {
    prompt: "x",
    whenBusy: "enqueue",
    projectId: PROJECT,
    workspace,
  });
  await node.until(sessionId, isTerminalEventOf(task.id));
  return (await node.sessions.get(alice, { sessionId })).session;
}
const remove = async ({ id: sessionId }: Session, discardWork = false) =>
  node.sessions.delete(alice, { sessionId, discardWork });

it("deletes a clone that has nothing of its own, and one with work only when told twice", async () => {
  await remove(await session());
  const worked = await session();
  await commitFiles(worked.workspace, "mine", { "b.txt": "b\n" });
  await writeFile(join(worked.workspace, "loose.txt"), "loose\n");
  await expect(remove(worked)).rejects.toMatchObject({
    reason: "unpublished_work",
    message: expect.stringMatching(/1 file with uncommitted changes \(loose\.txt\); 1 commit \(\w+ mine\)/),
  });
  // Nothing has happened to it.
  expect(await readFile(join(worked.workspace, "loose.txt"), "utf8")).toBe("loose\n");
  expect((await node.sessions.get(alice, { sessionId: worked.id })).session.id).toBe(worked.id);
  await remove(worked, true);
  expect(await readdir(join(bench.dataDir, "workspaces"))).not.toContain(worked.id);
});

it("deletes what was published, and not what came after", async () => {
  const worked = await session();
  const commit = await commitFiles(worked.workspace, "mine", { "b.txt": "b\n" });
  await node.log.append(worked.id, [
    {
      taskId: null,
      type: "session.published",
      data: { kind: "branch", branch: worked.branch ?? "", commit },
    },
  ]);
  await writeFile(join(worked.workspace, "later.txt"), "");
  await expect(remove(worked)).rejects.toMatchObject({ message: expect.stringContaining("(later.txt)") });
  await commitFiles(worked.workspace, "later", {});
  await expect(remove(worked)).rejects.toMatchObject({ message: expect.stringContaining("1 commit (") });
  await git(worked.workspace, "reset", "-q", "--hard", commit);
  await remove(worked);
});

it("keeps a clone in which a task runs, whatever it has so far", async () => {
  const busy = await session();
  const { task } = await node.tasks.submit(alice, {
    prompt: "hold",
    sessionId: busy.id,
    whenBusy: "enqueue",
  });
  await node.until(busy.id, ({ taskId, type }) => taskId === task.id && type === "task.started");
  await expect(remove(busy)).rejects.toMatchObject({ reason: "unpublished_work" });
  expect(await readdir(busy.workspace)).toContain("a.txt");
  await remove(busy, true);
});

it("never removes a directory that a session works in place in", async () => {
  const placed = await session("in-place");
  expect(placed.workspace).toBe(source);
  await writeFile(join(source, "mine.txt"), "mine\n");
  await remove(placed);
  expect(await readFile(join(source, "mine.txt"), "utf8")).toBe("mine\n");
  await git(source, "fsck", "--strict");
});

it("a fork's clone and its running task outlive the session that it came from", async () => {
  const parent = await session();
  await commitFiles(parent.workspace, "mine", { "b.txt": "b\n" });
  const fork = await node.sessions.fork(alice, { sessionId: parent.id });
  const { task } = await node.tasks.submit(alice, {
    prompt: "hold",
    sessionId: fork.id,
    whenBusy: "enqueue",
  });
  await node.until(fork.id, ({ taskId, type }) => taskId === task.id && type === "task.started");
  await remove(parent, true);
  expect((await node.tasks.get(alice, { taskId: task.id })).state).toBe("working");
  await git(fork.workspace, "fsck", "--strict");
  await expect(remove(fork)).rejects.toMatchObject({ reason: "unpublished_work" });
  await node.tasks.cancel(alice, { taskId: task.id });
  await expect(remove(fork)).rejects.toMatchObject({ message: expect.stringContaining("1 commit (") });
});

it("removing a user says how many sessions have work, and nothing of what it is", async () => {
  const worked = await session();
  await writeFile(join(worked.workspace, "secret-name.txt"), "");
  await session();
  const deps = {
    store,
    dataDir: bench.dataDir,
    findUnpublishedWork: createFindUnpublishedWork({
      git: bench.git,
      dataDir: bench.dataDir,
      sharedDir: bench.dataDir,
    }),
    auth: { tokensRevoked: () => undefined, recordRevocation: async () => undefined },
    audit: { entry: auditRecord } as never,
    checkpoints: node.core.checkpoints,
    runner: node.runner,
    announcer: node.announcer,
    now: Date.now,
    nodeId: node.nodeId,
  };
  await store.users.create({ id: alice.userId, name: "alice", createdAt: 1, removedAt: null }, auditRecord());
  const removal = { userId: alice.userId, deleteSessions: true };
  const refused = removeUser(deps, alice, removal);
  await expect(refused).rejects.toMatchObject({
    reason: "unpublished_work",
    message: expect.stringMatching(/^1 of this user's sessions has work/),
  });
  await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining("secret-name") });
  expect((await store.users.find(alice.userId))?.removedAt).toBeNull();
  await removeUser(deps, alice, { ...removal, discardWork: true });
  expect(await readdir(join(bench.dataDir, "workspaces"))).not.toContain(worked.id);
});
