import { execFile } from "node:child_process";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openTestGit, type TestGit } from "../git/testing/open-test-git.ts";
import { findUnpublishedWork } from "./unpublished-work.ts";

const run = promisify(execFile);
const IDENTITY = ["-c", "user.name=u", "-c", "user.email=u@example.org"];

let bench: TestGit;
let mirror: string;
let workspace: string;
let baseCommit: string;
const git = async (...args: string[]) =>
  (await run("git", [...IDENTITY, "-C", workspace, ...args])).stdout.trim();
const write = async (name: string, content = "x\n") => writeFile(join(workspace, name), content);
const commit = async (name: string) => {
  await write(name);
  await git("add", ".");
  await git("commit", "-qm", `add ${name}`);
  return git("rev-parse", "HEAD");
};

beforeEach(async () => {
  bench = await openTestGit();
  const source = await bench.directory("source");
  workspace = source;
  await run("git", ["init", "-q", "-b", "main", source]);
  await write("README", "hello\n");
  await write(".gitignore", "*.log\nbuilt/\n");
  await git("add", ".");
  await git("commit", "-qm", "first");
  mirror = join(bench.dataDir, "mirror.git");
  await run("git", ["clone", "-q", "--bare", source, mirror]);
  workspace = join(bench.dataDir, "workspace");
  await run("git", ["clone", "-q", "--shared", mirror, workspace]);
  await git("checkout", "-qb", "trunkline/work");
  baseCommit = await git("rev-parse", "HEAD");
});
afterEach(async () => bench[Symbol.asyncDispose]());

const find = async (published: string[] = []) =>
  findUnpublishedWork(bench.git, {
    directory: workspace,
    mirror,
    baseCommit,
    published,
    scratch: join(bench.dataDir, "scratch"),
  });

it("finds nothing in a clone as it was made, whose ignored files do not count, or that is not there", async () => {
  await write("debug.log");
  await mkdir(join(workspace, "built"));
  await write("built/program");
  await mkdir(join(workspace, ".npm", "_cacache"), { recursive: true });
  await write(".npm/_cacache/x");
  expect(await find()).toBeNull();
  await rm(workspace, { recursive: true });
  expect(await find()).toBeNull();
});

it("finds new, changed and removed files, whatever the repository's own settings hide", async () => {
  await git("config", "status.showUntrackedFiles", "no");
  await writeFile(join(workspace, ".git", "info", "exclude"), "*\n");
  await git("update-index", "--assume-unchanged", "README");
  await write("README", "other\n");
  await write("new file");
  await rm(join(workspace, ".gitignore"));
  await git("config", "core.excludesFile", join(workspace, ".git", "info", "exclude"));
  expect(await find()).toMatchObject({
    files: { first: expect.arrayContaining(["README", "new file", ".gitignore"]) },
    commits: { total: 0 },
  });
});

it("takes what is closed to its owner for work, tracked or new, but for what is ignored", async () => {
  for (const name of ["built", "closed/inner"]) {
    await mkdir(join(workspace, name), { recursive: true });
    await write(`${name}/file`);
  }
  await chmod(join(workspace, "built"), 0);
  await chmod(join(workspace, "closed/inner"), 0);
  try {
    expect(await find()).toMatchObject({
      files: { total: 1, first: [expect.stringMatching(/^closed.inner/)] },
      commits: { total: 0 },
    });
    await chmod(join(workspace, "closed/inner"), 0o700);
    const published = await commit("closed/tracked");
    expect(await find([published])).toBeNull();
    await write("closed/tracked", "changed\n");
    await chmod(join(workspace, "closed"), 0);
    expect(await find([published])).not.toBeNull();
  } finally {
    for (const name of ["built", "closed", "closed/inner"]) await chmod(join(workspace, name), 0o700);
  }
});

it("counts commits from where the session began, wherever HEAD is and whatever remote branches claim", async () => {
  const one = await commit("one");
  expect(await find()).toMatchObject({ files: { total: 0 }, commits: { total: 1 } });
  // Claims that it was pushed.
  await git("update-ref", "refs/remotes/origin/trunkline/work", "HEAD");
  expect((await find())?.commits.first).toEqual([expect.stringMatching(/^[0-9a-f]+ add one$/)]);
  // Back to the base: the work is on another branch now, in a tag, or in the stash.
  await git("checkout", "-q", "--detach", baseCommit);
  expect((await find())?.commits.total).toBe(1);
  await git("tag", "kept", one);
  await git("branch", "-qD", "trunkline/work");
  expect((await find())?.commits.total).toBe(1);
  await git("tag", "-d", "kept");
  expect(await find()).toBeNull();
  await write("stashed");
  await git("stash", "-qu");
  expect((await find())?.commits.total).toBeGreaterThan(0);
});

it("does not count what the project has: branches and tags of its own that the session did not start from", async () => {
  await git("checkout", "-q", "--orphan", "other");
  await commit("elsewhere");
  await git("tag", "-a", "v1", "-m", "one");
  await git("push", "-q", "origin", "other", "v1");
  await git("checkout", "-q", "trunkline/work");
  expect(await find()).toBeNull();
  await git("checkout", "-q", "other");
  await commit("more");
  expect(await find()).toMatchObject({ commits: { total: 1 } });
});

it("takes for safe what was published, and nothing that came after it", async () => {
  const first = await commit("one");
  expect(await find([first])).toBeNull();
  const second = await commit("two");
  expect(await find([first])).toMatchObject({ commits: { total: 1 } });
  expect(await find([first, second])).toBeNull();
  // A commit that this repository does not have, as after a rewrite.
  expect(await find([second, "1".repeat(40)])).toBeNull();
});

it("knows files again that went out as a patch, though no branch has them", async () => {
  await write("loose");
  const index = { env: { ...process.env, GIT_INDEX_FILE: join(bench.dataDir, "index") } };
  const inIndex = async (...args: string[]) =>
    (await run("git", [...IDENTITY, "-C", workspace, ...args], index)).stdout.trim();
  await inIndex("add", "--all");
  const tree = await inIndex("write-tree");
  const patch = await git("commit-tree", tree, "-p", "HEAD", "-m", "patch");
  expect(await find([patch])).toBeNull();
  await write("loose", "changed since\n");
  expect(await find([patch])).toMatchObject({ files: { total: 1, first: ["loose"] } });
});

it("says that nobody can tell where the repository is broken", async () => {
  await commit("one");
  await rm(join(workspace, ".git", "HEAD"));
  expect(await find()).toMatchObject({ unknown: expect.any(String) });
});

it("finds what is in a nested repository, though a published commit links to it", async () => {
  const nested = join(workspace, "front end");
  await mkdir(nested);
  await run("git", ["init", "-q", nested]);
  await write("front end/index.html");
  await run("git", [...IDENTITY, "-C", nested, "add", "."]);
  await run("git", [...IDENTITY, "-C", nested, "commit", "-qm", "inner"]);
  await git("add", ".");
  await git("commit", "-qm", "outer");
  const outer = await git("rev-parse", "HEAD");
  expect(await find([outer])).toMatchObject({
    files: { total: 1, first: ["front end"] },
    commits: { total: 0 },
    unknown: null,
  });
  // A submodule as clones have it.
  await rm(nested, { recursive: true });
  await mkdir(nested);
  expect(await find([outer])).toBeNull();
});
