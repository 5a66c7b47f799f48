import { execFile, spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { FakeProvider, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const execute = promisify(execFile);
const hasBwrap = spawnSync("bwrap", ["--version"]).status === 0;

/** What a repository can name of programs, in its configuration; each is the spy. */
const PROGRAMS = [
  "core.fsmonitor",
  "core.sshCommand",
  "core.askPass",
  "core.editor",
  "core.pager",
  "core.gitProxy",
  "core.alternateRefsCommand",
  "sequence.editor",
  "gpg.program",
  "gpg.ssh.program",
  "diff.external",
  "diff.evil.command",
  "diff.evil.textconv",
  "merge.evil.driver",
  "filter.evil.smudge",
  "filter.evil.clean",
  "uploadpack.packObjectsHook",
  "remote.origin.uploadpack",
  "remote.origin.receivepack",
  "interactive.diffFilter",
  "trailer.evil.command",
  "pager.log",
  "pager.diff",
] as const;

const HOOKS = [
  "post-checkout",
  "post-commit",
  "post-index-change",
  "post-merge",
  "post-receive",
  "post-update",
  "pre-auto-gc",
  "pre-commit",
  "pre-push",
  "pre-receive",
  "prepare-commit-msg",
  "reference-transaction",
  "update",
];

/** A machine with something to steal, a repository that wants it, and a server that works in that. */
class Trap implements AsyncDisposable {
  readonly directory: string;
  readonly secret = `canary-${randomUUID()}`;
  readonly source: string;
  /** Not to be read, written or run in. */
  readonly outside: string;

  private constructor(directory: string) {
    this.directory = directory;
    this.source = join(directory, "roots", "hostile");
    this.outside = join(directory, "outside");
  }

  static async set(): Promise<Trap> {
    const trap = new Trap(await mkdtemp(join(await realpath(tmpdir()), "trunkline-hostile-")));
    await mkdir(join(trap.outside, "home"), { recursive: true });
    await writeFile(join(trap.outside, "secret"), `${trap.secret}\n`);
    await writeFile(
      trap.spy,
      `#!/bin/sh\necho "$0 $*" >> ${trap.ran}\ncat ${trap.outside}/secret > leaked 2>/dev/null\n`,
    );
    await chmod(trap.spy, 0o755);
    await writeFile(join(trap.outside, "home", ".gitconfig"), trap.configuration());
    // Another repository of this machine's.
    const victim = join(trap.outside, "victim");
    await mkdir(victim);
    await trap.git(victim, "init", "-q", "-b", "main");
    await writeFile(join(victim, "private"), `${trap.secret}\n`);
    await trap.git(victim, "add", "-A");
    await trap.git(victim, "commit", "-q", "-m", "private");
    await trap.makeSource();
    return trap;
  }

  get spy(): string {
    return join(this.outside, "spy");
  }

  /** Written by whatever runs outside the sandbox; inside, it is not there. */
  get ran(): string {
    return join(this.directory, "ran");
  }

  configuration(): string {
    const programs = PROGRAMS.map((name) => {
      const [section = "", ...rest] = name.split(".");
      const key = rest.pop();
      return `[${section}${rest.length > 0 ? ` "${rest.join(".")}"` : ""}]\n\t${key} = ${this.spy}\n`;
    });
    return `${programs.join("")}[include]\n\tpath = ${this.outside}/more\n[core]\n\thooksPath = ${this.outside}/hooks
[credential]\n\thelper = !${this.spy}\n[protocol "ext"]\n\tallow = always\n[protocol "file"]\n\tallow = always
[filter "evil"]\n\trequired = true\n\tprocess = ${this.spy}\n[commit]\n\tgpgSign = true\n[submodule]\n\trecurse = true
[alias]\n\tadd = !${this.spy}\n\tcommit = !${this.spy}\n[safe]\n\tdirectory = *\n[user]\n\tname = eve\n\temail = eve@example.com\n`;
  }

  async makeSource(): Promise<void> {
    const { source, outside } = this;
    await mkdir(join(source, "deep"), { recursive: true });
    await this.git(source, "init", "-q", "-b", "main");
    await writeFile(join(source, "readme.txt"), "hello\n");
    await writeFile(join(source, "deep", "code.ts"), "export const one = 1;\n");
    await writeFile(join(source, ".lfsconfig"), `[lfs]\n\turl = file://${outside}\n`);
    await symlink(outside, join(source, "out"));
    await symlink(join(outside, "secret"), join(source, "secret"));
    await symlink(join(outside, "written"), join(source, "written"));
    await symlink(".git", join(source, "dot"));
    await writeFile(
      join(source, ".gitmodules"),
      `[submodule "sub"]\n\tpath = sub\n\turl = ext::${this.spy} %S\n[submodule "opt"]\n\tpath = opt\n\turl = --upload-pack=${this.spy}\n`,
    );
    await this.git(source, "add", "-A");
    const { stdout: gitlink } = await this.git(join(outside, "victim"), "rev-parse", "HEAD");
    await this.git(source, "update-index", "--add", "--cacheinfo", `160000,${gitlink.trim()},sub`);
    await writeFile(join(source, ".gitattributes"), "* filter=evil diff=evil merge=evil\n*.txt ident\n");
    await this.git(source, "add", ".gitattributes");
    await this.git(source, "commit", "-q", "-m", "hostile");
    for (const name of [
      `--upload-pack=${this.spy}`,
      "$(id)",
      ";id",
      "a'b\"c",
      "-x",
      "ünï",
      "HEAD",
      "origin/main",
    ]) {
      await this.git(source, "update-ref", `refs/heads/${name}`, "HEAD");
      await this.git(source, "update-ref", `refs/tags/${name}`, "HEAD");
    }
    await mkdir(join(source, ".git", "hooks"), { recursive: true });
    for (const hook of HOOKS) await this.put(join(source, ".git", "hooks", hook));
    await writeFile(
      join(source, ".git", "config"),
      `[core]\n\trepositoryformatversion = 0\n${this.configuration()}`,
    );
  }

  /** In the source, past what its configuration names. */
  async gitUnderHooks(...args: string[]) {
    return this.git(this.source, "-c", "core.fsmonitor=false", "-c", "core.pager=cat", ...args);
  }

  /** A copy of the spy. */
  async put(path: string): Promise<void> {
    await writeFile(path, await readFile(this.spy));
    await chmod(path, 0o755);
  }

  async git(directory: string, ...args: string[]) {
    return execute("git", args, {
      cwd: directory,
      env: {
        PATH: process.env["PATH"],
        HOME: "/nonexistent",
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_AUTHOR_NAME: "eve",
        GIT_AUTHOR_EMAIL: "eve@example.com",
        GIT_COMMITTER_NAME: "eve",
        GIT_COMMITTER_EMAIL: "eve@example.com",
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Of a repository, what a branch that is put into it adds. */
const OF_A_BRANCH = /\/\.git\/(?:objects\/|(?:logs\/)?refs\/heads\/trunkline\b)/;

/** One hash over names, types and content of all that is below a directory, but for what `except` leaves out. */
async function hashOf(directory: string, except: RegExp = /(?!)/): Promise<string> {
  const hash = createHash("sha256");
  const visit = async (path: string): Promise<void> => {
    for (const entry of (await readdir(path, { withFileTypes: true })).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const below = join(path, entry.name);
      if (except.test(entry.isDirectory() ? `${below}/` : below)) continue;
      hash.update(`${below}\0`);
      if (entry.isDirectory()) await visit(below);
      else if (entry.isSymbolicLink()) hash.update(await readlink(below));
      else hash.update(await readFile(below));
    }
  };
  await visit(directory);
  return hash.digest("hex");
}

/** Whether a text stands in any file of the server's, git's packed objects included. */
async function isStoredBelow(directory: string, text: string): Promise<string[]> {
  const found: string[] = [];
  const plain = spawnSync("grep", ["-rlaF", "--", text, directory], { encoding: "utf8" });
  found.push(...plain.stdout.split("\n").filter(Boolean));
  // Not in workspaces: git would go where the agent's clone points, which is what nobody else may do.
  const arguments_ = [
    directory,
    "-path",
    "*/workspaces",
    "-prune",
    "-o",
    "-type",
    "d",
    "-name",
    "objects",
    "-print",
  ];
  const repositories = spawnSync("find", arguments_, { encoding: "utf8" });
  for (const objects of repositories.stdout.split("\n").filter(Boolean)) {
    const all = spawnSync(
      "git",
      ["--git-dir", join(objects, ".."), "cat-file", "--batch", "--batch-all-objects", "--unordered"],
      { env: { PATH: process.env["PATH"], HOME: "/nonexistent" }, maxBuffer: 1_000_000_000 },
    );
    if (all.stdout.includes(text)) found.push(objects);
  }
  return found;
}

describe("a hostile repository", () => {
  let trap: Trap;
  let provider: FakeProvider;
  let server: ServerFixture;

  beforeAll(async () => {
    if (!hasBwrap) return;
    trap = await Trap.set();
    provider = await FakeProvider.start();
    server = await ServerFixture.start({
      env: {
        ...provider.serverEnv,
        HOME: join(trap.outside, "home"),
        TRUNKLINE_PROJECT_ROOTS: join(trap.directory, "roots"),
      },
    });
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await provider?.[Symbol.asyncDispose]();
    await trap?.[Symbol.asyncDispose]();
  });

  /** Runs commands, a step each, as a task; ends with the task's state and the session's log. */
  async function run(where: { projectId: string } | { sessionId: string }, commands: readonly string[]) {
    for (const command of commands) provider.enqueue(say.reply(say.toolCall("bash", { command })));
    provider.enqueue(say.reply(say.text("done")));
    const { taskId, sessionId } = await server.client.task.submit.mutate({ prompt: "go", ...where });
    const task = async () => server.client.task.get.query({ taskId });
    await waitFor("the task's end", async () => (await task()).endedAt !== null);
    return { sessionId, task: await task(), log: await readLog(server.client, sessionId) };
  }

  const configuration = (): string => `cat >> .git/config <<'END'\n${trap.configuration()}END`;

  it("no command of it runs outside the sandbox, and nothing outside is read or written", async ({
    skip,
  }) => {
    skip(!hasBwrap, "needs bubblewrap");
    const before = {
      source: await hashOf(trap.source, OF_A_BRANCH),
      outside: await hashOf(trap.outside),
    };
    const untouched = await hashOf(trap.source);
    const project = await server.client.project.create.mutate({
      name: "hostile",
      source: { kind: "directory", path: trap.source },
    });
    // The repository as it comes.
    const first = await run({ projectId: project.id }, [
      "git log --format=%s; git branch --show-current; cat secret out/secret 2>&1; ls sub",
      "echo changed >> readme.txt; echo x > written 2>&1; echo x > out/written 2>&1; git add -A; git -c user.name=a commit -qm mine; true",
    ]);
    expect(first.task).toMatchObject({ state: "completed" });
    const outputs = first.log.flatMap((event) => (event.type === "tool.ended" ? [event.data.output] : []));
    expect(outputs[0]).toMatch(/^hostile\ntrunkline\//m);
    expect(JSON.stringify(first.log)).not.toContain(trap.secret);
    expect(await hashOf(trap.source)).toBe(untouched);
    const { sessionId } = first;
    const publish = async () => server.client.session.publish.mutate({ sessionId, kind: "local" });
    await expect(publish()).rejects.toThrow(/disallowed submodule url/);
    await run({ sessionId }, ["git rm -q .gitmodules; git -c user.name=a commit -q --amend -m mine; true"]);
    const { commit, branch } = await publish();
    const { stdout: published } = await trap.gitUnderHooks("rev-parse", `refs/heads/${branch}`);
    expect(published.trim()).toBe(commit);
    const { stdout: subjects } = await trap.gitUnderHooks("log", "--format=%s", `main..${commit}`);
    expect(subjects).toContain("mine\n");

    // What an agent can make of its clone between two steps.
    const second = await run({ sessionId: first.sessionId }, [
      configuration(),
      `git config extensions.worktreeConfig true 2>/dev/null; printf '[core]\\n\\tfsmonitor = ${trap.spy}\\n' > .git/config.worktree
       mkdir -p .git/hooks .git/info; for hook in ${HOOKS.join(" ")}; do cp /bin/true .git/hooks/$hook; done
       echo '* filter=evil diff=evil' > .git/info/attributes; echo '${trap.outside}/victim/.git/objects' >> .git/objects/info/alternates
       mkdir -p nested linked; printf 'gitdir: ${trap.outside}/victim/.git\\n' > nested/.git; echo n > nested/file
       ln -s ${trap.outside}/victim linked/repo; ln -sfn ${trap.outside} turned; echo y > deep/new.ts`,
      `rm -rf deep; ln -s ${trap.outside} deep; echo z >> readme.txt`,
    ]);
    expect(second.task.state).toBe("completed");
    await look(first.sessionId);

    // And of the repository itself.
    const third = await run({ sessionId: first.sessionId }, [
      `mv .git git-before; printf 'gitdir: ${trap.outside}/victim/.git\\n' > .git; echo a > a.txt`,
      `rm .git; ln -s ${trap.outside}/victim/.git .git; echo b > b.txt`,
      `rm .git; mkdir .git; printf '[core]\\n\\tworktree = ${trap.outside}/victim\\n' > .git/config; echo 'ref: refs/heads/main' > .git/HEAD; mkdir -p .git/objects .git/refs; echo c > c.txt`,
    ]);
    expect(third.task.state).toBe("completed");
    await look(first.sessionId);
    const fork = await server.client.session.fork.mutate({ sessionId: first.sessionId });
    await look(fork.id);
    await server.client.session.revert.mutate({ sessionId: first.sessionId, toSeq: second.log.at(-1)!.seq });
    await look(first.sessionId);

    expect(await readFile(trap.ran, "utf8").catch(() => "")).toBe("");
    expect({
      source: await hashOf(trap.source, OF_A_BRANCH),
      outside: await hashOf(trap.outside),
    }).toEqual(before);
    // Neither taken in nor handed out: not even by a publication of what the agent has made of its clone.
    for (const place of [server.dataDir, trap.source]) {
      expect(await isStoredBelow(place, trap.secret)).toEqual([]);
    }

    // The trap works: a plain git falls into it, and what is stored would be found.
    spawnSync("git", ["status"], { cwd: trap.source, env: { PATH: process.env["PATH"] } });
    expect(await readFile(trap.ran, "utf8")).toContain(trap.spy);
    const stored = await isStoredBelow(server.dataDir, "export const one");
    expect(stored).toContainEqual(expect.stringContaining("/mirror.git/objects"));
  });

  async function readPatch(path: string): Promise<string> {
    const headers = { authorization: `Bearer ${server.token}` };
    return (await fetch(server.url + path, { headers })).text();
  }

  /** Everything that reads the workspace on somebody's behalf. What it answers may be a refusal. */
  async function look(sessionId: string): Promise<void> {
    const { client } = server;
    const answers = await Promise.allSettled([
      client.workspace.list.query({ sessionId }),
      client.workspace.list.query({ sessionId, path: "out" }),
      client.workspace.read.query({ sessionId, path: "secret" }),
      client.workspace.read.query({ sessionId, path: "turned/secret" }),
      client.session.checkpoints.query({ sessionId }),
      ...["readme.txt", "deep/new.ts", "deep", "nested/file", "linked/repo", "out", "secret", "a.txt"].map(
        async (path) => client.session.diff.query({ sessionId, path }),
      ),
      client.session.publish
        .mutate({ sessionId, kind: "patch" })
        .then(async ({ url }) => readPatch(url ?? ""))
        .then(async (patch) => [patch, await client.session.publish.mutate({ sessionId, kind: "local" })]),
    ]);
    const { files } = await client.session.changes.query({ sessionId });
    expect(files.map(({ path }) => path)).toContain("readme.txt");
    expect(
      JSON.stringify(answers.map((answer) => (answer.status === "fulfilled" ? answer.value : null))),
    ).not.toContain(trap.secret);
  }
});
