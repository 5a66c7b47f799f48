import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { alice, bob } from "../runner/testing/scripted-node.ts";
import { git, SetupBench, setupsOf } from "./testing/setup-bench.ts";

/** Makes what package managers make: ignored files, one of which names the workspace, and a link to it. */
const INSTALL = `
echo installing
mkdir -p deps/bin
echo "#!$PWD/deps/bin/run" > deps/bin/tool
ln -s "$PWD/deps/bin/tool" deps/link
date +%s%N > deps/made-at
`;
const REPOSITORY = { ".gitignore": "deps\n", "package-lock.json": "1", ".trunkline/setup": INSTALL };

test("a setup runs once before the first task; another session takes over what it made", async () => {
  await using bench = await SetupBench.open(REPOSITORY);
  const first = await bench.session();
  const events = await bench.run(first);
  expect(events.map(({ type }) => type).filter((type) => /^(setup|task)/.test(type))).toEqual([
    "task.submitted",
    "task.started",
    "setup.started",
    "setup.ended",
    "task.completed",
  ]);
  expect(events.find(({ type }) => type === "setup.started")?.data).toMatchObject({
    source: "repository",
    command: ".trunkline/setup",
  });
  expect(setupsOf(events)).toMatchObject([
    { status: "succeeded", exitCode: 0, output: "installing\n", cached: false },
  ]);
  // Not for another task.
  expect(setupsOf(await bench.run(first))).toHaveLength(1);

  const second = await bench.session();
  expect(setupsOf(await bench.run(second))).toMatchObject([
    { status: "succeeded", exitCode: null, cached: true },
  ]);
  const [one, other] = [bench.workspace(first), bench.workspace(second)];
  const madeAt = await readFile(join(one, "deps/made-at"), "utf8");
  expect(await readFile(join(other, "deps/made-at"), "utf8")).toBe(madeAt);
  // What names the workspace names the other one, and is a copy of its own.
  expect(await readFile(join(other, "deps/bin/tool"), "utf8")).toBe(`#!${other}/deps/bin/run\n`);
  expect(await readFile(join(other, "deps/link"), "utf8")).toBe(`#!${other}/deps/bin/run\n`);
  await writeFile(join(other, "deps/made-at"), "mine");
  expect(await readFile(join(one, "deps/made-at"), "utf8")).toBe(madeAt);
  expect(await git(other, "status", "--porcelain")).toBe("");
  expect((await readdir(bench.kept)).filter((name) => name.startsWith("."))).toEqual([]);
});

test("another lock file, script or machine is another setup; a setup that changes tracked files is not kept", async () => {
  await using bench = await SetupBench.open(REPOSITORY);
  const cached = async () => setupsOf(await bench.run(await bench.session())).map((ended) => ended.cached);
  expect(await cached()).toEqual([false]);
  await bench.commit({ "README.md": "says nothing of dependencies" });
  expect(await cached()).toEqual([true]);
  await bench.commit({ "package-lock.json": "2" });
  expect(await cached()).toEqual([false]);
  await bench.commit({ ".trunkline/setup": `${INSTALL}\ncat tools/versions`, "tools/versions": "1" });
  expect(await cached()).toEqual([false]);
  await bench.commit({ "tools/versions": "2" });
  expect(await cached()).toEqual([false]);
  await bench.start({ image: "another" });
  expect(await cached()).toEqual([false]);
  await bench.commit({ ".trunkline/setup": "echo 3 > package-lock.json" });
  expect(await cached()).toEqual([false]);
  expect(await cached()).toEqual([false]);
});

test("a setup that fails ends the task, says how, and can be retried from a clean workspace", async () => {
  await using bench = await SetupBench.open({
    ...REPOSITORY,
    ".trunkline/setup": "mkdir -p deps && touch deps/half; echo no such package >&2; exit 7",
  });
  const session = await bench.session();
  const task = await bench.submit(session);
  const events = await bench.ended(task);
  expect(setupsOf(events)).toMatchObject([{ status: "failed", exitCode: 7, output: "no such package\n" }]);
  expect(await bench.node.tasks.get(alice, { taskId: task.id })).toMatchObject({
    state: "failed",
    errorCode: "setup_failed",
    errorMessage: expect.stringMatching(/exit code 7.*retry the setup/s) as string,
  });
  const { sessionId } = task;
  const { projects } = bench.node.store;
  const project = (await projects.find(session.projectId ?? ""))!;
  const { auditRecord } = await import("../store/testing/audit-record.ts");
  await projects.update(
    project.id,
    { ...project, setup: "test ! -e deps/half && echo mended" },
    auditRecord(),
  );
  await expect(bench.node.tasks.retrySetup(bob, { sessionId })).rejects.toMatchObject({
    reason: "not_found",
  });
  // As a git leaves it that was killed.
  await writeFile(join(bench.workspace(session), ".git", "index.lock"), "");
  // Asked for twice, it is one task.
  const [again, same] = await Promise.all([
    bench.node.tasks.retrySetup(alice, { sessionId }),
    bench.node.tasks.retrySetup(alice, { sessionId }),
  ]);
  expect(again).toMatchObject({ prompt: "go", sessionId });
  expect(same.id).toBe(again.id);
  expect(setupsOf(await bench.ended(again))).toMatchObject([
    { status: "failed" },
    { status: "succeeded", output: "mended\n" },
  ]);
  // Nothing is left to retry.
  expect(await bench.node.tasks.retrySetup(alice, { sessionId })).toMatchObject({
    id: again.id,
    state: "completed",
  });
});

test("what a failed setup has closed to writing or reading, as Go's module cache, keeps no setup from being retried", async () => {
  const CLOSED = "mkdir -p go/pkg/mod/m@v1 closed/inner && touch go/pkg/mod/m@v1/a.go closed/inner/file";
  await using bench = await SetupBench.open({
    ...REPOSITORY,
    ".trunkline/setup": `${CLOSED} && chmod 555 go/pkg/mod/m@v1 go/pkg/mod && chmod 000 closed/inner closed; exit 7`,
  });
  const session = await bench.session();
  expect(setupsOf(await bench.run(session))).toMatchObject([{ status: "failed", exitCode: 7 }]);
  const { projects } = bench.node.store;
  const project = (await projects.find(session.projectId ?? ""))!;
  const { auditRecord } = await import("../store/testing/audit-record.ts");
  await projects.update(project.id, { ...project, setup: "ls" }, auditRecord());
  const again = await bench.node.tasks.retrySetup(alice, { sessionId: session.id });
  expect(setupsOf(await bench.ended(again))).toMatchObject([
    { status: "failed" },
    { status: "succeeded", output: "package-lock.json\n" },
  ]);
});

test("a kept setup that is cut off is made anew in a clean workspace, and kept", async () => {
  const once = `test ! -e deps || exit 9; ${INSTALL}\nhead -c 300000 /dev/urandom > deps/large`;
  await using bench = await SetupBench.open({ ...REPOSITORY, ".trunkline/setup": once });
  const run = async () => setupsOf(await bench.run(await bench.session()));
  expect(await run()).toMatchObject([{ status: "succeeded", cached: false }]);
  const [key = ""] = await readdir(bench.kept);
  await truncate(join(bench.kept, key, "files.tar"), 200_000);
  expect(await run()).toMatchObject([{ status: "succeeded", cached: false }]);
  expect(await run()).toMatchObject([{ status: "succeeded", cached: true }]);
});

describe("a setup under way", () => {
  const SLOW = {
    ...REPOSITORY,
    ".trunkline/setup": "mkdir -p deps; touch deps/half; echo begun; sleep 1000",
  };

  test("is shown, and a cancel ends it", async () => {
    await using bench = await SetupBench.open(SLOW);
    const session = await bench.session();
    const task = await bench.submit(session);
    await bench.node.until(session.id, ({ type }) => type === "setup.progress");
    await bench.node.tasks.cancel(alice, { taskId: task.id });
    const events = await bench.ended(task);
    expect(setupsOf(events)).toMatchObject([{ status: "canceled", output: "begun\n", cached: false }]);
    expect(events.filter(({ type }) => type === "setup.progress")).toEqual([]);
    expect(events.at(-1)?.type).toBe("task.canceled");
  });

  test("that a stop of the server interrupts runs anew, in a clean workspace", async () => {
    await using bench = await SetupBench.open(SLOW, {
      setup: "test ! -e deps || exit 9; mkdir deps; echo begun; [ -e .git/go ] || sleep 1000",
    });
    const session = await bench.session();
    const task = await bench.submit(session);
    await bench.node.until(session.id, ({ type }) => type === "setup.progress");
    await bench.stop();
    await writeFile(join(bench.workspace(session), ".git/go"), "");
    await bench.start();
    const events = await bench.ended(task);
    expect(setupsOf(events)).toMatchObject([
      { status: "interrupted", output: "begun\n" },
      { status: "succeeded" },
    ]);
    expect(events.at(-1)?.type).toBe("task.completed");
  });

  test("that takes too long has failed", async () => {
    await using bench = await SetupBench.open(SLOW);
    await bench.start({ timeoutMs: 300 });
    const events = await bench.run(await bench.session());
    expect(setupsOf(events)).toMatchObject([{ status: "failed", exitCode: null }]);
    expect(JSON.stringify(events.at(-1))).toContain("took longer than 0.3 s");
  });
});

describe("somebody else's branch", () => {
  const SHOW = "echo token=$DEPLOY_TOKEN other=$OTHER; echo by-$(cat who)";

  test("gets the base's setup, never its own, without the project's variables and without what is kept", async () => {
    await using bench = await SetupBench.open(
      { ".trunkline/setup": SHOW, who: "base\n" },
      { environment: ["DEPLOY_TOKEN", "UNKNOWN"] },
    );
    const own = await bench.session();
    // The value is handed over, and shown nowhere.
    expect(setupsOf(await bench.run(own))).toMatchObject([{ output: "token=[redacted] other=\nby-base\n" }]);
    await git(bench.source, "checkout", "-qb", "fork/pull-request");
    await bench.commit({ ".trunkline/setup": "echo HOSTILE $DEPLOY_TOKEN", who: "stranger\n" });
    await git(bench.source, "checkout", "-q", "main");
    const theirs = await bench.session("fork/pull-request");
    expect(setupsOf(await bench.run(theirs))).toMatchObject([
      { output: "token= other=\nby-stranger\n", cached: false },
    ]);
    expect(await readdir(bench.kept)).toHaveLength(1);
  });

  test("and the agent's own changes are not what is run", async () => {
    await using bench = await SetupBench.open({ ".trunkline/setup": "echo base; exit 1" });
    const session = await bench.session();
    await writeFile(join(bench.workspace(session), ".trunkline/setup"), "echo HOSTILE");
    await git(bench.workspace(session), "commit", "-qam", "hostile");
    expect(setupsOf(await bench.run(session))).toMatchObject([{ status: "failed", output: "base\n" }]);
  });

  test("a link, a folder or nothing in the place of the setup is none", async () => {
    await using bench = await SetupBench.open({ "a.txt": "a" });
    expect(setupsOf(await bench.run(await bench.session()))).toEqual([]);
    await git(bench.source, "config", "core.symlinks", "false");
    await bench.commit({ ".trunkline/setup/x": "echo folder" });
    expect(setupsOf(await bench.run(await bench.session()))).toEqual([]);
    await rm(join(bench.source, ".trunkline"), { recursive: true });
    await git(bench.source, "update-index", "--force-remove", ".trunkline/setup/x");
    const target = await git(bench.source, "rev-parse", "HEAD:a.txt");
    await git(bench.source, "update-index", "--add", "--cacheinfo", `120000,${target},.trunkline/setup`);
    await git(bench.source, "commit", "-qm", "link");
    expect(setupsOf(await bench.run(await bench.session()))).toEqual([]);
  });
});
