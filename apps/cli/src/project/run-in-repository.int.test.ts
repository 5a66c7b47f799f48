import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Session } from "@trunkline/contract";
import { ServerFixture } from "@trunkline/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";
import { TerminalProcess } from "../testing/terminal-process.ts";
import { findRepository } from "./local-repository.ts";

const run = promisify(execFile);

let server: ServerFixture;
let root: string;
let repository: string;
beforeAll(async () => {
  server = await ServerFixture.start();
});
afterAll(async () => server[Symbol.asyncDispose]());
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "trunkline-run-in-")));
  repository = join(root, "zebra");
  await run("git", ["init", "-q", "-b", "main", repository]);
  await writeFile(join(repository, "README"), "hello\n");
  await git("add", ".");
  await git("commit", "-qm", "first");
});
afterEach(async () => rm(root, { recursive: true, force: true }));

const IDENTITY = ["-c", "user.name=u", "-c", "user.email=u@example.org"];
const git = async (...args: string[]) => run("git", [...IDENTITY, "-C", repository, ...args]);
const env = () => ({ TRUNKLINE_DATA_DIR: server.dataDir });
/** The last one that was made: lists begin with the one that changed last, and tasks of earlier ones may still run. */
const newest = async (): Promise<Session> => {
  const { items } = await server.client.session.list.query({ limit: 100 });
  const [session] = items.toSorted((a, b) => (a.id < b.id ? 1 : -1));
  if (session === undefined) throw new Error("no session");
  return session;
};
const projects = async () =>
  (await server.client.project.list.query({ limit: 200 })).items.filter(
    ({ source }) => source.kind === "directory" && source.path.startsWith(root),
  );
/** At a terminal in the repository. */
const terminal = (...args: string[]) => new TerminalProcess(["run", ...args], env(), repository);
const piped = async (args: string[], cwd = repository) =>
  CliProcess.run(["run", "--detach", ...args], env(), "", cwd);

it("asks once in a repository, says what it will do, and works on a copy from then on", async () => {
  {
    await using first = terminal("say: one");
    await first.shows("Your files, branches and changes are not touched");
    await first.shows(`Let sessions work on a copy of ${repository} (branch main)? [y/N]`);
    first.type("y\r");
    await first.ended();
    expect(first.screen).toContain(`trunkline pull ${(await newest()).id}`);
  }
  const [project, ...others] = await projects();
  expect(others).toEqual([]);
  expect(project).toMatchObject({ name: "zebra", source: { kind: "directory", path: repository } });
  const session = await newest();
  expect(session).toMatchObject({ projectId: project?.id, workspaceKind: "clone" });
  expect(session.branch).toMatch(/^trunkline\/say-one-/);

  await mkdir(join(repository, "below"));
  const second = await piped(["say: two"], join(repository, "below"));
  expect(second).toMatchObject({ exitCode: 0, err: expect.stringContaining("Project zebra: a copy of") });
  expect(await newest()).toMatchObject({ title: "say: two", projectId: project?.id });

  const without = await piped(["say: three", "--no-project"]);
  expect(without).toMatchObject({ exitCode: 0, err: "" });
  expect(await newest()).toMatchObject({ title: "say: three", projectId: null });
  await piped(["say: four", "--project", "zebra", "--base", "main"], root);
  expect(await newest()).toMatchObject({ title: "say: four", projectId: project?.id, baseRef: "main" });
});

it("takes no for an answer, and asks again only if the directory is named", async () => {
  {
    await using first = terminal("say: no");
    await first.shows("[y/N]");
    first.type("\r");
    await first.ended();
  }
  expect(await projects()).toEqual([]);
  expect(await newest()).toMatchObject({ title: "say: no", projectId: null });
  const again = await piped(["say: again"]);
  expect(again).toMatchObject({ exitCode: 0, err: "" });
  await using named = terminal("say: named", "-C", ".");
  await named.shows(`Let sessions work on a copy of ${repository}`);
  named.type("y\r");
  await named.ended();
  expect(await projects()).toHaveLength(1);
});

it("says which flag to use where nobody can be asked", async () => {
  const implicit = await piped(["say: implicit"]);
  expect(implicit).toMatchObject({ exitCode: 0, err: expect.stringContaining("Allow it: --yes.") });
  expect(await newest()).toMatchObject({ title: "say: implicit", projectId: null });
  const named = await piped(["say: named", "-C", repository], root);
  expect(named).toMatchObject({ exitCode: 2, err: expect.stringContaining("Allow it: --yes.") });
  const agreed = await piped(["say: agreed", "-C", repository, "--yes"], root);
  expect(agreed.exitCode).toBe(0);
  expect(await newest()).toMatchObject({ title: "say: agreed", workspaceKind: "clone" });
  const nowhere = await piped(["say: nowhere", "-C", root], root);
  expect(nowhere).toMatchObject({ exitCode: 2, err: expect.stringContaining("is not in a git repository") });
  const unused = await piped(["say: unused", "--base", "main"], root);
  expect(unused).toMatchObject({ exitCode: 2, err: expect.stringContaining("--base needs a project") });
});

it("of a repository that belongs to somebody else, says what git wants", async () => {
  const args = ["run", "--detach", "say: hi", "-C", repository, "--yes"];
  // Git's own switch for its tests.
  const refused = await CliProcess.run(args, { ...env(), GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" }, "", root);
  expect(refused).toMatchObject({ exitCode: 1, out: "" });
  expect(refused.err).toContain("belongs to another user");
  expect(refused.err).toContain(`git config --global --add safe.directory ${repository}`);
});

it("asks about uncommitted work, and leaves the repository as it is", async () => {
  await piped(["say: first", "--yes"]);
  await writeFile(join(repository, "new.txt"), "new\n");
  await writeFile(join(repository, "README"), "changed\n");
  const index = (await git("ls-files", "--debug")).stdout;
  {
    await using asking = terminal("say: with");
    await asking.shows("2 files have uncommitted changes. Start with them? [Y/n]");
    asking.type("\r");
    await asking.ended();
  }
  const created = async () => {
    const { events } = await server.client.session.events.query({ sessionId: (await newest()).id, limit: 1 });
    return events[0]?.data;
  };
  expect(await created()).toMatchObject({ includeUncommitted: true });
  const silent = await piped(["say: silent"]);
  expect(silent.err).toContain("To bring them: --include-uncommitted.");
  expect(await created()).not.toHaveProperty("includeUncommitted");
  expect((await piped(["say: flag", "--include-uncommitted"])).err).not.toContain("uncommitted");
  expect(await created()).toMatchObject({ includeUncommitted: true });
  expect((await git("ls-files", "--debug")).stdout).toBe(index);
});

it("does not offer a linked worktree, and says which directory to use", async () => {
  const tree = join(root, "tree");
  await git("worktree", "add", "-q", "-b", "side", tree);
  const named = await piped(["say: x", "-C", tree], root);
  expect(named).toMatchObject({ exitCode: 2, err: expect.stringContaining(`-C ${repository} --base side`) });
});

it("offers a server elsewhere the address of origin, and never the directory", async () => {
  // Without its data directory, this machine's server is one elsewhere.
  const { token, url, client } = server;
  const away = { TRUNKLINE_DATA_DIR: join(root, "none"), TRUNKLINE_TOKEN: token, TRUNKLINE_URL: url };
  const ask = async (...args: string[]) =>
    CliProcess.run(["run", "--detach", "say: x", "-C", repository, ...args], away, "", root);
  expect(await ask()).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining(
      `is not this machine's, so it can't use ${repository}. The repository has no remote`,
    ),
  });
  await git("remote", "add", "origin", "https://user:secret@git.example.org/team/zebra.git");
  const offered = await ask();
  expect(offered).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("project add https://git.example.org/team/zebra.git"),
  });
  expect(offered.err).not.toContain("secret");
  expect(await ask("--yes")).toMatchObject({ exitCode: 0 });
  const { items } = await client.project.list.query({ limit: 200 });
  expect(items.filter(({ source }) => source.kind === "git")).toMatchObject([
    { name: expect.stringMatching(/^zebra/), source: { url: "https://git.example.org/team/zebra.git" } },
  ]);
});

it("the API alone lets nobody use a directory that was not agreed to", async () => {
  const source = { kind: "directory", path: repository } as const;
  await expect(server.client.project.create.mutate({ name: "api", source })).rejects.toMatchObject({
    reason: "validation_failed",
  });
});

it("goes by the directory that it is told, in a hook of another repository too", async () => {
  const other = join(root, "other");
  await run("git", ["init", "-q", "-b", "main", other]);
  await run("git", [...IDENTITY, "-C", other, "commit", "-q", "--allow-empty", "-m", "other"]);
  const hook = { ...env(), GIT_DIR: join(other, ".git"), GIT_INDEX_FILE: join(other, ".git", "index") };
  const { exitCode, err } = await CliProcess.run(
    ["run", "--detach", "-C", repository, "--yes", "say: x"],
    { ...hook, GIT_WORK_TREE: other },
    "",
    other,
  );
  expect([exitCode, err]).toEqual([0, expect.not.stringContaining("error")]);
  expect((await projects()).map(({ source }) => source)).toEqual([{ kind: "directory", path: repository }]);
});

it("finds a repository whose path has a line break", async () => {
  const odd = join(root, "new\nline");
  await run("git", ["init", "-q", "-b", "main", odd]);
  await run("git", [...IDENTITY, "-C", odd, "commit", "-q", "--allow-empty", "-m", "odd"]);
  expect(await findRepository(odd)).toEqual({ path: odd, branch: "main" });
});
