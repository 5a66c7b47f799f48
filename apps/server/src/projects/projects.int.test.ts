import { execFile, spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { followTask } from "@trunkline/client";
import { addUser, readLog, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { databasePath } from "../store/sqlite/database-path.ts";
import { readRows } from "../store/testing/raw-rows.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { commitFiles, makeRepository, stateOf } from "../git/testing/repositories.ts";

const CANARY = "canary-0123456789abcdef";

let server: ServerFixture;
let directory: TemporaryDirectory;
let source: string;
beforeAll(async () => {
  directory = await TemporaryDirectory.create();
  await mkdir(directory.join("root"));
  source = directory.join("root/a");
  await makeRepository(source, { "a.txt": "a\n" });
  server = await ServerFixture.start({
    env: {
      TRUNKLINE_PROJECT_ROOTS: directory.join("root"),
      TRUNKLINE_PROJECT_ENVIRONMENT: "OFFERED,ALSO_OFFERED",
      OFFERED: "from-the-operator",
      ALSO_OFFERED: "not-asked-for",
    },
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

test("a task in a project: fetched, prepared, with its variables; no child, event, log, error, export or backup has the credential", async () => {
  const { client } = server;
  const before = await stateOf(source);
  const project = await client.project.create.mutate({
    name: "a",
    source: { kind: "directory", path: source },
    environment: ["OFFERED"],
    network: "off",
  });
  const credential = { kind: "token", secret: CANARY } as const;
  const answers: unknown[] = [
    await client.project.setCredential.mutate({ projectId: project.id, credential }),
    await client.project.list.query({}),
  ];
  // Somebody's mistake, and what is said of it.
  const wrong = { kind: "token", secret: `${CANARY} with spaces` } as const;
  answers.push(
    await client.project.setCredential
      .mutate({ projectId: project.id, credential: wrong })
      .catch((error: unknown) => String(error)),
  );
  const unreachable = await client.project.create.mutate({
    name: "b",
    source: { kind: "git", url: "https://127.0.0.1:1/b.git" },
    network: "off",
  });
  await client.project.setCredential.mutate({ projectId: unreachable.id, credential });

  const task = await client.task.submit.mutate({
    projectId: project.id,
    prompt: "run: env; cat a.txt; git status -sb; cat /proc/*/environ | tr '\\0' '\\n'\nsay: done",
  });
  const failing = await client.task.submit.mutate({ projectId: unreachable.id, prompt: "say: never" });
  for (const each of [task, failing]) {
    for await (const { type } of followTask(client, each)) {
      if (type === "task.completed" || type === "task.failed") break;
    }
  }
  const log = await readLog(client, task.sessionId);
  const types = log.map(({ type }) => type);
  expect(types).toEqual(expect.arrayContaining(["project.fetched", "workspace.prepared"]));
  const output = log.flatMap((event) => (event.type === "tool.ended" ? [event.data.output] : [])).join("\n");
  expect(output).toContain("OFFERED=from-the-operator");
  expect(output).not.toContain("not-asked-for");
  const { session } = await client.session.get.query({ sessionId: task.sessionId });
  expect(session).toMatchObject({
    projectId: project.id,
    workspaceKind: "clone",
    branch: expect.stringMatching(/^trunkline\//),
  });
  expect(output).toContain(`## ${session.branch}`);
  expect((await client.task.get.query({ taskId: failing.taskId })).errorMessage).toContain(
    "could not be fetched",
  );
  expect(await stateOf(source)).toBe(before);

  // It may start from what a stranger wrote.
  const elsewhere = await client.task.submit.mutate({
    projectId: project.id,
    baseRef: "main",
    prompt: "run: env\nsay: done",
  });
  for await (const { type } of followTask(client, elsewhere)) if (type === "task.completed") break;
  const said = JSON.stringify(await readLog(client, elsewhere.sessionId));
  expect(said).toContain("TERM=dumb");
  expect(said).not.toContain("OFFERED=");

  const backup = directory.join("backup");
  const cli = join(import.meta.dirname, "../../../cli/bin/trunkline.mjs");
  await promisify(execFile)(process.execPath, [cli, "backup", backup, "--data-dir", server.dataDir]);
  answers.push(
    log,
    await readLog(client, failing.sessionId),
    await client.session.export.query({ sessionId: task.sessionId }),
    await client.audit.list.query({ limit: 200 }),
    server.logs,
    await readFile(backup, "latin1"),
  );
  const seen = JSON.stringify(answers);
  for (const form of [CANARY, Buffer.from(CANARY).toString("base64").slice(0, -4)])
    expect(seen).not.toContain(form);
  for (const entry of await readdir(server.dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    // A server that runs removes files of its own.
    const bytes = await readFile(join(entry.parentPath, entry.name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      return "";
    });
    expect(bytes.includes(CANARY), entry.name).toBe(false);
  }
});

test("a fork of a session that works in place has files of its own", async () => {
  const { client } = server;
  const path = directory.join("root/placed");
  await makeRepository(path, { "a.txt": "a\n" });
  const project = await client.project.create.mutate({
    name: "placed",
    source: { kind: "directory", path },
    network: "off",
  });
  const ended = async (submitted: { taskId: string; sessionId: string }) => {
    for await (const { type } of followTask(client, submitted)) {
      if (type === "task.completed" || type === "task.failed") return type;
    }
    return "never";
  };
  const placed = await client.task.submit.mutate({
    projectId: project.id,
    workspace: "in-place",
    prompt: "run: echo the-directorys > placed.txt\nsay: done",
  });
  expect(await ended(placed)).toBe("task.completed");
  const fork = await client.session.fork.mutate({ sessionId: placed.sessionId });
  expect(fork.workspaceKind).toBe("fresh");
  const inFork = await client.task.submit.mutate({
    sessionId: fork.id,
    prompt: "run: cat placed.txt; echo the-forks > placed.txt\nsay: done",
  });
  expect(await ended(inFork)).toBe("task.completed");
  expect(JSON.stringify(await readLog(client, fork.id))).toContain("the-directorys");
  expect(await readFile(join(path, "placed.txt"), "utf8")).toBe("the-directorys\n");
});

test("who may what: the network, sharing and unoffered variables; a used project stays unless one insists", async () => {
  const { client } = server;
  const alice = await addUser(server, "alice");
  const source_ = { kind: "git", url: "https://git.example/x.git" } as const;
  const refused = [
    { network: "on" as const },
    { allowedHosts: ["git.example"] },
    { shared: true },
    { environment: ["TRUNKLINE_TOKEN"] },
  ];
  for (const [index, settings] of refused.entries()) {
    await expect(
      alice.client.project.create.mutate({ name: `n${index}`, source: source_, ...settings }),
    ).rejects.toMatchObject({
      data: { reason: settings.environment === undefined ? "forbidden" : "validation_failed" },
    });
  }
  for (const path of ["/etc", join(source, ".."), join(source, "../../../../etc")]) {
    await expect(
      alice.client.project.create.mutate({ name: "dir", source: { kind: "directory", path } }),
    ).rejects.toMatchObject({ data: { reason: "validation_failed" } });
  }
  for (const url of [
    `${server.url}/a.git`,
    "https://10.0.0.5/a.git",
    "git@localhost:a.git",
    "ssh://git@[::1]/a.git",
  ]) {
    const asked = { name: "inner", source: { kind: "git", url: url.replace("http:", "https:") } } as const;
    await expect(alice.client.project.create.mutate(asked)).rejects.toMatchObject({
      data: { reason: "forbidden" },
    });
  }
  const shared = await client.project.create.mutate({ name: "shared", source: source_, shared: true });
  expect((await alice.client.project.list.query({})).items.map(({ id }) => id)).toEqual([shared.id]);
  await expect(
    alice.client.project.update.mutate({ projectId: shared.id, setup: "touch /tmp/x" }),
  ).rejects.toMatchObject({ data: { reason: "forbidden" } });
  const { id: sessionId } = await alice.client.session.create.mutate({ projectId: shared.id });
  await expect(client.project.delete.mutate({ projectId: shared.id })).rejects.toMatchObject({
    data: { reason: "project_in_use" },
  });
  await client.project.delete.mutate({ projectId: shared.id, force: true });
  expect((await alice.client.session.get.query({ sessionId })).session.projectId).toBe(shared.id);
  await expect(alice.client.session.create.mutate({ projectId: shared.id })).rejects.toMatchObject({
    data: { reason: "not_found" },
  });
  await expect(
    alice.client.task.submit.mutate({ prompt: "x", sessionId, projectId: shared.id }),
  ).rejects.toMatchObject({ data: { reason: "validation_failed" } });

  const own = await alice.client.project.create.mutate({ name: "own", source: source_ });
  const credential = { kind: "token", secret: CANARY } as const;
  await alice.client.project.setCredential.mutate({ projectId: own.id, credential });
  await client.user.remove.mutate({ userId: alice.userId, deleteSessions: true });
  const database = databasePath(server.dataDir);
  const [left] = readRows<{ deleted_at: number | null }>(database, "projects", { id: own.id });
  // Its row goes with its files.
  expect(left === undefined || left.deleted_at !== null).toBe(true);
  expect(readRows(database, "project_credentials", { project_id: own.id })).toEqual([]);
});

test("a session in a project that is no longer shared keeps its history, and sees nothing of what is fetched later", async ({
  skip,
}) => {
  skip(spawnSync("bwrap", ["--version"]).status !== 0, "needs bubblewrap");
  const { client } = server;
  const path = directory.join("root/lent");
  await makeRepository(path, { "a.txt": "a\n" });
  const bob = await addUser(server, "bob");
  const project = await client.project.create.mutate({
    name: "lent",
    source: { kind: "directory", path },
    network: "off",
    shared: true,
  });
  const share = async (shared: boolean) => client.project.update.mutate({ projectId: project.id, shared });
  const run = async (by: typeof client, command: string, sessionId?: string) => {
    const where = sessionId === undefined ? { projectId: project.id } : { sessionId };
    const task = await by.task.submit.mutate({ ...where, prompt: `run: ${command}\nsay: done` });
    for await (const { type } of followTask(by, task)) if (/^task\.(completed|failed)$/.test(type)) break;
    const outputs = (await readLog(by, task.sessionId)).flatMap((event) =>
      event.type === "tool.ended" ? [event.data.output] : [],
    );
    return { sessionId: task.sessionId, output: outputs.at(-1) };
  };
  const show = (hash: string): string => `git log --format=%s; git cat-file -t ${hash}; true`;
  const { sessionId } = await run(bob.client, "git log --format=%s");
  const unchanged = await run(bob.client, "git log --format=%s");
  await share(false);
  const second = await commitFiles(path, "second", { "b.txt": "b\n" });
  expect((await run(client, show(second))).output).toBe("second\nfirst\ncommit\n");
  expect((await run(bob.client, show(second), sessionId)).output).toMatch(/^first\nfatal: [^\n]+\n$/);
  await bob.client.session.delete.mutate({ sessionId: unchanged.sessionId });
  // Also to whoever looks for work that would be lost with it: what the repository's settings name runs there.
  const filter = `git cat-file -t ${second} >seen 2>&1; cat`;
  await run(
    bob.client,
    `git config filter.x.clean '${filter}'; echo '* filter=x' >.gitattributes; echo changed >a.txt`,
    sessionId,
  );
  await expect(bob.client.session.delete.mutate({ sessionId })).rejects.toMatchObject({
    data: { reason: "unpublished_work" },
  });
  expect((await run(bob.client, "cat seen", sessionId)).output).not.toContain("commit");
  // Shared once more, and no longer: what came meanwhile was for everybody.
  await share(true);
  expect((await run(bob.client, `git cat-file -t ${second}`, sessionId)).output).toBe("commit\n");
  await share(false);
  const third = await commitFiles(path, "third", { "c.txt": "c\n" });
  await run(client, "true");
  const seen = await run(bob.client, `git cat-file -t ${second}; git cat-file -t ${third}; true`, sessionId);
  expect(seen.output).toMatch(/^commit\nfatal: [^\n]+\n$/);
});

test("where the data directory is moved by hand, a session's clone finds what it borrows", async () => {
  const { items } = await server.client.project.list.query({});
  const input = { projectId: items.find(({ name }) => name === "a")!.id, prompt: "say: done" };
  const first = await server.client.task.submit.mutate(input);
  for await (const { type } of followTask(server.client, first)) if (type === "task.completed") break;
  await server.stop();
  const dataDir = directory.join("moved");
  await rename(server.dataDir, dataDir);
  await using moved = await ServerFixture.start({ dataDir });
  const { client } = moved;
  const { sessionId } = first;
  const task = await client.task.submit.mutate({ sessionId, prompt: "run: git log --format=%s\nsay: done" });
  for await (const { type } of followTask(client, task)) if (type === "task.completed") break;
  const log = await readLog(client, sessionId);
  expect(log.findLast(({ type }) => type === "tool.ended")?.data).toMatchObject({ output: "first\n" });
});
