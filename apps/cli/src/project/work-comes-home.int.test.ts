import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";
import { TerminalProcess } from "../testing/terminal-process.ts";

const run = promisify(execFile);

let server: ServerFixture;
let root: string;
let repository: string;
beforeAll(async () => {
  server = await ServerFixture.start();
  root = await realpath(await mkdtemp(join(tmpdir(), "trunkline-home-")));
  repository = join(root, "zebra");
  await run("git", ["init", "-q", "-b", "main", repository]);
  await writeFile(join(repository, "README"), "hello\n");
  await git("add", ".");
  await git("commit", "-qm", "first");
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

const git = async (...args: string[]) =>
  (await run("git", ["-c", "user.name=u", "-c", "user.email=u@example.org", "-C", repository, ...args]))
    .stdout;
const env = () => ({ TRUNKLINE_DATA_DIR: server.dataDir });
const cli = async (...args: string[]) => CliProcess.run(args, env(), "", repository);
const sessionId = async () => (await server.client.session.list.query({ limit: 1 })).items[0]?.id ?? "";

it("a session works on a copy of the repository, which stays as it is, and its files can be taken home", async () => {
  const before = [
    await git("status", "--porcelain"),
    await git("for-each-ref"),
    await git("ls-files", "--debug"),
  ];
  const ran = await cli("run", "--yes", "run: echo new > new.txt && cat README");
  expect(ran).toMatchObject({ exitCode: 0, out: expect.stringContaining("hello") });
  const id = await sessionId();
  expect((await cli("files", id)).out).toMatch(/new\.txt[^]*README|README[^]*new\.txt/);
  const target = join(root, "home");
  expect((await cli("pull", id, target)).out).toContain("2 new");
  expect((await readdir(target)).toSorted()).toEqual(["README", "new.txt"]);
  expect(await readFile(join(target, "new.txt"), "utf8")).toBe("new\n");
  expect([
    await git("status", "--porcelain"),
    await git("for-each-ref"),
    await git("ls-files", "--debug"),
  ]).toEqual(before);
});

it("brings the work into the repository as a branch, and then loses nothing when the session is deleted", async () => {
  const ran = await cli("run", "run: echo more > more.txt");
  expect(ran.exitCode).toBe(0);
  const id = await sessionId();
  const published = await cli("publish", id, "--local");
  expect(published).toMatchObject({ exitCode: 0, err: "" });
  const branch = (await git("for-each-ref", "--format=%(refname:short)", "refs/heads/trunkline/")).trim();
  expect(await git("show", `${branch}:more.txt`)).toBe("more\n");
  expect(await git("status", "--porcelain")).toBe("");
  expect(await cli("delete", id, "--yes")).toMatchObject({ exitCode: 0 });
});

it("pulls the work into another clone, as a branch or into its files", async () => {
  const clone = join(root, "clone");
  await git("clone", "-q", repository, clone);
  const inClone = async (...args: string[]) => (await run("git", ["-C", clone, ...args])).stdout;
  await inClone("config", "user.name", "u");
  await inClone("config", "user.email", "u@example.org");
  // Wherever it is run: the branch is made in a directory that is gone afterwards.
  const ran = join(root, "ran");
  const hook = `echo touch ${ran} > .git/hooks/post-checkout; chmod +x .git/hooks/*`;
  await run("sh", ["-c", hook], { cwd: clone });
  await cli(
    "run",
    "run: printf 'a\\r\\nb\\r\\n' > crlf.txt; echo changed > README; git add README; git commit -qm one",
  );
  const id = await sessionId();
  const pull = async (...args: string[]) => CliProcess.run(["pull", id, ...args], env(), "", clone);
  const before = await inClone("status", "--porcelain");
  const pulled = await pull("--branch");
  expect(pulled).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^Created trunkline\/\S+ \(/) });
  const branch = (await inClone("for-each-ref", "--format=%(refname:short)", "refs/heads/trunkline/")).trim();
  expect(await inClone("log", "--format=%s", `main..${branch}`)).toMatch(/\none\n$/);
  expect(await inClone("show", `${branch}:crlf.txt`)).toBe("a\r\nb\r\n");
  expect(await inClone("status", "--porcelain")).toBe(before);
  expect(await inClone("worktree", "list")).toMatch(/^\S+ +\w+ \[main\]\n$/);
  expect(await pull("--branch")).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("--branch NAME"),
  });

  expect(await pull("--apply")).toMatchObject({ exitCode: 0 });
  expect(await readFile(join(clone, "README"), "utf8")).toBe("changed\n");
  expect(await readFile(join(clone, "crlf.txt"), "utf8")).toBe("a\r\nb\r\n");
  expect(await pull("--apply")).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("Nothing was changed"),
  });
  expect(existsSync(ran)).toBe(false);
  await inClone("checkout", "--quiet");
  expect(existsSync(ran)).toBe(true);
});

it("delete says what would be lost, and wants to be told twice", async () => {
  await cli("run", "run: echo new > new.txt");
  const id = await sessionId();
  const refused = await cli("delete", id, "--yes");
  expect(refused).toMatchObject({ exitCode: 1, err: expect.stringContaining("(new.txt)") });
  expect(refused.err).toContain(`trunkline pull ${id}`);
  expect(refused.err).toContain("--discard-work");
  const atTerminal = async (...answers: string[]): Promise<string> => {
    await using terminal = new TerminalProcess(["delete", id], env());
    for (const answer of answers) {
      await terminal.shows("[y/N] ");
      terminal.type(answer);
    }
    await terminal.ended();
    return terminal.screen;
  };
  expect(await atTerminal("y\r", "\r")).toContain("Not deleted.");
  expect((await server.client.session.get.query({ sessionId: id })).session.id).toBe(id);
  expect(await atTerminal("y\r", "y\r")).toContain("Deleted:");
});
