import { readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Project, SessionEvent } from "@trunkline/contract";
import { TrunklineError } from "@trunkline/contract";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestGit, type TestGit } from "../git/testing/open-test-git.ts";
import {
  alice,
  isTerminalEventOf,
  type Script,
  type ScriptedNode,
  startScriptedNode,
  untilAborted,
} from "../runner/testing/scripted-node.ts";
import { removeDirectory } from "../common/remove-directory.ts";
import { sparePath, type Store } from "../store/port.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { auditRecord } from "../store/testing/audit-record.ts";
import type { FetchBase } from "./port.ts";
import { commitFiles, git, makeRepository } from "../git/testing/repositories.ts";
import { Spares } from "./spares.ts";
import { createWorkspaces } from "./workspaces.ts";

const PROJECT = "01900000-0000-7000-8000-0000000000aa";

let bench: TestGit;
let source: string;
let mirror: string;
let store: Store;
let node: ScriptedNode;
let isShared: boolean;
let isInReach: boolean;
let spares: Spares;
let fetches: Parameters<FetchBase>[0][];
/** In place of the network. */
let fetching: (request: Parameters<FetchBase>[0]) => Promise<void>;

beforeEach(async () => {
  bench = await openTestGit();
  source = join(bench.dataDir, "source");
  mirror = join(bench.dataDir, "projects", PROJECT, "mirror.git");
  await makeRepository(source, { "a.txt": "a\n" });
  await git(bench.dataDir, "clone", "-q", "--bare", source, mirror);
  isShared = false;
  isInReach = true;
  fetches = [];
  fetching = async () => undefined;
  await open();
  await store.projects.create(project(), auditRecord());
});

afterEach(async () => {
  await node.close();
  await bench[Symbol.asyncDispose]();
});

async function open(): Promise<void> {
  store = await openSqliteStore({
    path: join(bench.dataDir, "db"),
    now: Date.now,
    onFatal: (error) => {
      throw error;
    },
  });
  spares = new Spares({
    git: bench.git,
    removeDirectory,
    sharedDir: bench.dataDir,
    isAlone: true,
    hasRoom: async () => true,
    logger: pino({ level: "silent" }),
    minFiles: 2,
  });
  const workspaces = createWorkspaces({
    store,
    git: bench.git,
    removeDirectory,
    sharedDir: bench.dataDir,
    isShared: () => isShared,
    requireFiles: () => {
      if (!isInReach) throw new TrunklineError("unavailable", "the mount is lost");
    },
    spares,
    findDirectory: async () => source,
    async fetchBase(request) {
      fetches.push(request);
      await fetching(request);
      const commit = await git(mirror, "rev-parse", request.baseRef ?? "main");
      const fetched = { projectId: PROJECT, commit, durationMs: 1 };
      return { mirror, commit, ref: request.baseRef ?? "main", origin: source, fetched };
    },
  });
  const scripts = new Map<string, Script>([["hold", async ({ signal }) => untilAborted(signal)]]);
  node = await startScriptedNode({ store, directory: bench.dataDir, scripts, workspaces });
}

function project(): Project {
  return {
    id: PROJECT,
    ownerId: alice.userId,
    name: "p",
    source: { kind: "directory", path: source },
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
  };
}

const typesOf = (events: readonly SessionEvent[]): string[] => events.map(({ type }) => type);

async function submit(
  prompt: string,
  choice: { sessionId: string } | { workspace: "clone" | "in-place" | "fresh" },
) {
  const where = "sessionId" in choice ? choice : { projectId: PROJECT, ...choice };
  return (await node.tasks.submit(alice, { prompt, whenBusy: "enqueue", ...where })).task;
}

async function end(task: { id: string; sessionId: string }) {
  const events = await node.until(task.sessionId, isTerminalEventOf(task.id));
  return { events, last: events.find(isTerminalEventOf(task.id))! };
}

test("a session's first task fetches and clones, in events of its attempt; the next one finds its workspace", async () => {
  const first = await submit("one", { workspace: "clone" });
  const { events } = await end(first);
  expect(typesOf(events)).toEqual([
    "session.created",
    "task.submitted",
    "task.started",
    "project.fetched",
    "workspace.prepared",
    "task.completed",
  ]);
  const prepared = events.find(({ type }) => type === "workspace.prepared")!;
  const baseCommit = await git(source, "rev-parse", "HEAD");
  const { session } = await node.sessions.get(alice, { sessionId: first.sessionId });
  expect(prepared).toMatchObject({
    taskId: first.id,
    data: { kind: "clone", projectId: PROJECT, branch: session.branch, baseRef: "main", baseCommit },
  });
  expect(session.workspace).toBe(join(bench.dataDir, "workspaces", first.sessionId));
  expect(await git(session.workspace, "rev-parse", "--abbrev-ref", "HEAD")).toBe(session.branch);
  const { events: all } = await end(await submit("two", { sessionId: first.sessionId }));
  expect(typesOf(all).filter((type) => type === "workspace.prepared")).toHaveLength(1);
  expect(fetches).toHaveLength(1);
  // Lost with its disk: made anew, and said.
  await rm(session.workspace, { recursive: true });
  const again = await end(await submit("three", { sessionId: first.sessionId }));
  expect(typesOf(again.events).filter((type) => type === "workspace.prepared")).toHaveLength(2);
  await node.sessions.delete(alice, { sessionId: first.sessionId });
  expect(await readdir(join(bench.dataDir, "workspaces"))).toEqual([".preparing"]);
  expect(await readdir(mirror)).toContain("objects");
});

test("files that can't be read are not taken for gone, nor are those out of reach", async () => {
  const first = await submit("one", { workspace: "clone" });
  await end(first);
  const { sessionId } = first;
  const all = join(bench.dataDir, "workspaces");
  const work = join(all, sessionId, "work.txt");
  await writeFile(work, "only here");
  await rename(all, `${all}-away`);
  await symlink("workspaces", all);
  const { last } = await end(await submit("two", { sessionId }));
  expect(last).toMatchObject({ type: "task.failed", data: { error: { code: "workspace_failed" } } });
  await rm(all);

  // A mount that is lost is an empty directory.
  isInReach = false;
  const { last: another } = await end(await submit("three", { sessionId }));
  expect(another).toMatchObject({ type: "task.failed", data: { error: { code: "unavailable" } } });
  expect(fetches).toHaveLength(1);
  isInReach = true;
  await rename(`${all}-away`, all);
  await end(await submit("four", { sessionId }));
  expect(await readFile(work, "utf8")).toBe("only here");
  expect(fetches).toHaveLength(1);
});

test("a fetch that fails ends the task with what to do, and a retry goes on from there", async () => {
  fetching = async () => {
    throw new TrunklineError("workspace_failed", "The git server can't be reached; retry");
  };
  const task = await submit("one", { workspace: "clone" });
  const { events, last } = await end(task);
  expect(last).toMatchObject({
    type: "task.failed",
    data: {
      error: { code: "workspace_failed", message: "The git server can't be reached; retry", retryable: true },
    },
  });
  expect(typesOf(events)).not.toContain("workspace.prepared");
  fetching = async () => undefined;
  const retried = await node.tasks.retry(alice, { taskId: task.id });
  expect((await end(retried)).last.type).toBe("task.completed");
});

test("cancel ends the preparation, and nothing of it is left", async () => {
  const begun = Promise.withResolvers<void>();
  fetching = async ({ signal }) => {
    begun.resolve();
    await untilAborted(signal);
  };
  const task = await submit("one", { workspace: "clone" });
  await begun.promise;
  await node.tasks.cancel(alice, { taskId: task.id });
  const { events, last } = await end(task);
  expect(last.type).toBe("task.canceled");
  expect(typesOf(events)).not.toContain("project.fetched");
});

test("in place: the user's directory itself, one session at a time, also across a restart", async () => {
  const before = await git(source, "status", "--porcelain", "--branch");
  const first = await submit("hold", { workspace: "in-place" });
  await node.until(first.sessionId, ({ type }) => type === "workspace.prepared");
  expect((await node.sessions.get(alice, { sessionId: first.sessionId })).session).toMatchObject({
    workspace: source,
    workspaceKind: "in-place",
    branch: null,
  });
  const refused = { type: "task.failed", data: { error: { code: "workspace_busy", retryable: true } } };
  expect((await end(await submit("one", { workspace: "in-place" }))).last).toMatchObject(refused);
  await node.close();
  await open();
  // Whichever starts first: the directory belongs to the task that was interrupted.
  expect((await end(await submit("one", { workspace: "in-place" }))).last).toMatchObject(refused);
  await node.tasks.cancel(alice, { taskId: first.id });
  await end(first);
  const second = await submit("one", { workspace: "in-place" });
  expect((await end(second)).last.type).toBe("task.completed");
  for (const { sessionId } of [first, second]) await node.sessions.delete(alice, { sessionId });
  expect(await git(source, "status", "--porcelain", "--branch")).toBe(before);
  isShared = true;
  expect((await end(await submit("one", { workspace: "in-place" }))).last).toMatchObject({
    data: { error: { code: "forbidden" } },
  });
  expect(fetches).toEqual([]);
});

test("fresh: an empty directory, which nothing is fetched for", async () => {
  const task = await submit("one", { workspace: "fresh" });
  const { events } = await end(task);
  expect(events.find(({ type }) => type === "workspace.prepared")?.data).toEqual({
    kind: "fresh",
    projectId: PROJECT,
  });
  const plain = await end(await node.submit("one"));
  expect(typesOf(plain.events)).not.toContain("workspace.prepared");
  expect(fetches).toEqual([]);
});

test("the next session of a project of many files starts in a clone that was made before, on the newest base", async () => {
  const place = join(bench.dataDir, sparePath(PROJECT));
  await end(await submit("few files", { workspace: "clone" }));
  await spares.settled();
  await expect(stat(place)).rejects.toThrow("ENOENT");

  await commitFiles(source, "second", { "b.txt": "b\n", "c.txt": "c\n" });
  await git(mirror, "fetch", "-q", source, "+main:main");
  const one = await submit("one", { workspace: "clone" });
  await end(one);
  await spares.settled();
  const spared = await stat(join(place, "a.txt"));
  expect((await readdir(place)).toSorted()).toEqual([".git", "a.txt", "b.txt", "c.txt"]);

  // What the first session does is its own, and the source goes on.
  const first = join(bench.dataDir, "workspaces", one.sessionId);
  await commitFiles(first, "mine", { "a.txt": "mine\n" });
  await rm(join(source, "b.txt"));
  const newest = await commitFiles(source, "third", { "c.txt": "changed\n", "d/new.txt": "d\n" });
  await git(mirror, "fetch", "-q", source, "+main:main");
  const two = await submit("two", { workspace: "clone" });
  await end(two);
  const second = join(bench.dataDir, "workspaces", two.sessionId);
  expect((await stat(join(second, "a.txt"))).ino).toBe(spared.ino);
  expect(await git(second, "rev-parse", "HEAD")).toBe(newest);
  expect(await git(second, "status", "--porcelain", "--ignored")).toBe("");
  expect((await readdir(second)).toSorted()).toEqual([".git", "a.txt", "c.txt", "d"]);
  expect(await readFile(join(second, "c.txt"), "utf8")).toBe("changed\n");
  await spares.settled();
  expect((await stat(place)).ino).not.toBe((await stat(second)).ino);
});

test("no spare holds what was not committed", async () => {
  await commitFiles(source, "second", { "b.txt": "b\n" });
  await git(mirror, "fetch", "-q", source, "+main:main");
  const place = join(bench.dataDir, sparePath(PROJECT));
  const { task } = await node.tasks.submit(alice, {
    prompt: "with what is not committed",
    whenBusy: "enqueue",
    projectId: PROJECT,
    workspace: "clone",
    includeUncommitted: true,
  });
  await end(task);
  await spares.settled();
  await expect(stat(place)).rejects.toThrow("ENOENT");
});
