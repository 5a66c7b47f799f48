import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { createBareSpawner } from "../tools/process/bare-spawner.ts";
import { bwrap, NO_BWRAP } from "../tools/sandbox/testing/sandbox-bench.ts";
import { isRunning } from "../tools/sandbox/testing/process-family.ts";
import { openGit } from "./open-git.ts";
import { openTestGit } from "./testing/open-test-git.ts";

const execute = promisify(execFile);

const IDENTITY = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
};

const WAYS = [
  ["own", "auto"],
  ["sandboxed", "auto"],
  ["sandboxed", "off"],
] as const;

describe.each(WAYS)("git, %s, sandbox %s", (way, mode) => {
  const open = async (skip: (condition: boolean, note: string) => void) => {
    skip(way === "sandboxed" && mode === "auto" && bwrap === null, NO_BWRAP);
    const bench = await openTestGit({ mode });
    const directory = await bench.directory("repository");
    const git = bench.git[way];
    await git({ args: ["init", "-q", "-b", "main"], directory });
    return { bench, directory, git };
  };

  test("answers by exit code and by two outputs that stay apart", async ({ skip }) => {
    const { bench, directory, git } = await open(skip);
    await using _ = bench;
    const configuration = { "alias.say": "!echo out; echo err >&2; exit 3" };
    const result = await git({ args: ["say"], directory, configuration, accept: [3] });
    expect({ ...result, stdout: result.stdout.toString() }).toEqual({
      code: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
    await expect(git({ args: ["say"], directory, configuration })).rejects.toMatchObject({
      failure: "failed",
      code: 3,
      message: "git say failed (exit code 3): err",
    });
    expect(bench.records).toEqual([]);
  });

  test("reads its input, however long", async ({ skip }) => {
    const { bench, directory, git } = await open(skip);
    await using _ = bench;
    const input = Buffer.alloc(3_000_000, "line of text\n");
    const args = ["hash-object", "-w", "--stdin"];
    const hash = (await git({ args, directory, input })).stdout.toString().trim();
    const back = await git({ args: ["cat-file", "blob", hash], directory });
    expect(back.stdout.equals(input)).toBe(true);
    await expect(
      git({ args: ["cat-file", "blob", hash], directory, maxOutputBytes: 1_000_000 }),
    ).rejects.toMatchObject({ failure: "too-much-output" });
    let length = 0;
    await git({
      args: ["cat-file", "blob", hash],
      directory,
      maxOutputBytes: 1,
      onOutput: (bytes) => void (length += bytes.length),
    });
    expect(length).toBe(input.length);
  });

  test("is ended, with what it has started, by its signal and by its time", async ({ skip }) => {
    const { bench, directory, git } = await open(skip);
    await using _ = bench;
    const script = "!trap '' TERM; setsid sleep 700 & while :; do echo running >&2; sleep 0.1; done";
    const configuration = { "alias.wait": script };
    const controller = new AbortController();
    let record = bench.records[0];
    const reason = new Error("canceled");
    await expect(
      git({
        args: ["wait"],
        directory,
        configuration,
        signal: controller.signal,
        onErrorOutput: () => {
          // It may speak before it is recorded.
          record ??= bench.records[0];
          if (record !== undefined) controller.abort(reason);
        },
      }),
    ).rejects.toBe(reason);
    expect(record).toBeDefined();
    expect(isRunning(record!)).toBe(false);
    await expect(git({ args: ["wait"], directory, configuration, timeoutMs: 100 })).rejects.toMatchObject({
      failure: "timeout",
      message: "git wait took longer than 0.1 s",
    });
    expect(bench.records).toEqual([]);
    await expect(git({ args: ["version"], directory, signal: controller.signal })).rejects.toBe(reason);
  });

  test("obeys neither the user's settings nor the repository's hooks and helpers", async ({ skip }) => {
    const { bench, directory, git } = await open(skip);
    await using _ = bench;
    await mkdir(join(directory, ".git", "hooks"), { recursive: true });
    const spy = join(directory, ".git", "hooks", "spy");
    await writeFile(spy, `#!/bin/sh\necho "$0 $*" >> ${directory}/ran\n`);
    await chmod(spy, 0o755);
    for (const hook of [
      "pre-commit",
      "post-commit",
      "prepare-commit-msg",
      "post-index-change",
      "reference-transaction",
    ]) {
      await copyFile(spy, join(directory, ".git", "hooks", hook));
    }
    const settings: [string, string][] = [
      ["core.fsmonitor", spy],
      ["core.hooksPath", join(directory, ".git", "hooks")],
      ["core.sshCommand", spy],
      ["core.askPass", spy],
      ["core.editor", spy],
      ["core.pager", spy],
      ["pager.log", spy],
      ["gpg.program", spy],
      ["commit.gpgSign", "true"],
      ["credential.helper", `!${spy}`],
      ["diff.external", spy],
      ["diff.spy.textconv", spy],
      ["diff.spy.command", spy],
      ["protocol.ssh.allow", "always"],
      ["protocol.ext.allow", "always"],
      ["core.gitProxy", spy],
    ];
    const file = join(directory, ".git", "config");
    for (const [name, value] of settings) await execute("git", ["config", "--file", file, name, value]);
    await writeFile(join(directory, ".gitattributes"), "* diff=spy\n");
    await writeFile(join(directory, "file"), "text\n");
    await git({ args: ["add", "-A"], directory });
    await git({ args: ["commit", "-m", "first"], directory, environment: IDENTITY });
    await writeFile(join(directory, "file"), "changed\n");
    const diff = await git({ args: ["diff"], directory });
    expect(diff.stdout.toString()).toContain("+changed");
    const log = await git({ args: ["log", "-p", "--format=%an %s"], directory });
    expect(log.stdout.toString()).toContain("Ada first");
    for (const url of [
      "ssh://localhost/x",
      `ext::${spy} %S`,
      "git://127.0.0.1/x",
      "https://127.0.0.1:1/x",
      directory,
    ]) {
      await expect(git({ args: ["fetch", url], directory })).rejects.toMatchObject({
        stderr: expect.stringMatching(/transport '\w+' not allowed/),
      });
    }
    await expect(readFile(join(directory, "ran"), "utf8")).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("git in the sandbox", () => {
  test("sees and writes what it was given, and nothing else", async ({ skip }) => {
    skip(bwrap === null, NO_BWRAP);
    await using bench = await openTestGit();
    const { git } = bench;
    const [workspace, mirror, own, secret] = await Promise.all(
      ["workspace", "mirror", "own", "secret"].map(async (name) => bench.directory(name)),
    );
    await writeFile(join(secret!, "token"), "canary");
    await writeFile(join(mirror!, "object"), "shared");
    const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const look = `!cat ${secret}/token 2>/dev/null; cat ${mirror}/object; echo
      touch ${mirror}/x 2>/dev/null && echo wrote mirror
      touch ${workspace}/x 2>/dev/null && echo wrote workspace
      touch ${own}/x && echo wrote own
      (: </dev/tcp/127.0.0.1/${port}) 2>/dev/null && echo network; true`.replaceAll("\n", ";");
    const run = {
      args: ["look"],
      configuration: { "alias.look": `!bash -c '${look.slice(1).replaceAll("'", `'\\''`)}'` },
      writable: [own!],
    };
    const open = await git.sandboxed({ ...run, directory: workspace!, readOnly: [mirror!] });
    expect(open.stdout.toString().split("\n").filter(Boolean)).toEqual([
      "shared",
      "wrote workspace",
      "wrote own",
    ]);
    await rm(join(workspace!, "x"));
    const closed = await git.sandboxed({ ...run, directory: workspace!, readOnly: [mirror!, workspace!] });
    expect(closed.stdout.toString().split("\n").filter(Boolean)).toEqual(["shared", "wrote own"]);
    server.close();
    await expect(
      git.sandboxed({ args: ["version"], directory: workspace!, readOnly: [bench.dataDir] }),
    ).rejects.toMatchObject({ failure: "not-started", message: expect.stringContaining("data directory") });
  });

  test("works for an ordinary user as it does for root", async ({ skip }) => {
    skip(bwrap === null, NO_BWRAP);
    skip(process.getuid?.() !== 0, "needs root, to become somebody else; the other tests are ordinary then");
    const nobody = { uid: 65_534, gid: 65_534 };
    const script = fileURLToPath(new URL("testing/clone-as-user.ts", import.meta.url));
    const canRead = await execute("test", ["-r", script], { ...nobody, cwd: "/" }).then(
      () => true,
      () => false,
    );
    skip(!canRead, "needs sources that everybody may read");
    const directory = (
      await execute("mktemp", ["-d", join(tmpdir(), "trunkline-user-XXXXXX")])
    ).stdout.trim();
    try {
      const node = join(directory, "node");
      await link(process.execPath, node).catch(async () => copyFile(process.execPath, node));
      await execute("chown", ["65534:65534", directory]);
      const { stdout } = await execute(node, [script, join(directory, "data")], {
        ...nobody,
        cwd: "/",
        env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
      });
      expect(JSON.parse(stdout)).toEqual({ isSandboxed: true, log: "first\n" });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

test("git that is missing or too old is refused with what to do", async () => {
  await using bench = await openTestGit({ mode: "off" });
  const directory = await bench.directory("old");
  const program = join(directory, "git");
  await writeFile(program, "#!/bin/sh\necho git version 2.30.2\n");
  await chmod(program, 0o755);
  const ledger = { onSpawn: async () => undefined, onExit: async () => undefined };
  const spawner = createBareSpawner({ owner: "test", ledger });
  const options = {
    sandboxed: spawner,
    own: spawner,
    path: "",
    dataDir: bench.dataDir,
    logger: pino({ level: "silent" }),
  };
  const old = await openGit({ ...options, program });
  expect(old).toMatchObject({ version: null, reason: expect.stringContaining("install 2.37 or newer") });
  await expect(old.own({ args: ["version"], directory })).rejects.toMatchObject({ failure: "unavailable" });
  const none = await openGit({ ...options, program: null });
  expect(none.reason).toContain("git is not installed");
});
