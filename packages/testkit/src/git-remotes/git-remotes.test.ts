import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { GitOverHttp, hasHttpBackend } from "./git-over-http.ts";
import { GitOverSsh, NO_SSHD } from "./git-over-ssh.ts";

const execute = promisify(execFile);

async function open() {
  const directory = await mkdtemp(join(tmpdir(), "trunkline-remotes-"));
  onTestFinished(async () => rm(directory, { recursive: true, force: true }));
  const git = async (args: string[], env: Record<string, string> = {}) => {
    const settings = { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", GIT_TERMINAL_PROMPT: "0" };
    const { stdout } = await execute("git", args, {
      cwd: directory,
      env: { PATH: process.env["PATH"], ...settings, ...env },
    });
    return stdout.trim();
  };
  await git(["init", "-q", "--bare", "-b", "main", "repositories/demo.git"]);
  await git(["init", "-q", "-b", "main", "work"]);
  const author = ["-c", "user.name=a", "-c", "user.email=a@b"];
  await git(["-C", "work", ...author, "commit", "-q", "--allow-empty", "-m", "x"]);
  const head = await git(["-C", "work", "rev-parse", "HEAD"]);
  const pushed = async () => git(["-C", "repositories/demo.git", "rev-parse", "refs/heads/fix"]);
  return { directory, git, head, pushed };
}

test("over http, signed in or not at all", async ({ skip }) => {
  skip(!hasHttpBackend(), "git has no http-backend");
  const { directory, git, head, pushed } = await open();
  await using remote = await GitOverHttp.start({
    directory: join(directory, "repositories"),
    username: "ada",
    password: "pa55",
  });
  const push = async (url: string) =>
    git(["-C", "work", "push", "-q", `${url}/demo.git`, "HEAD:refs/heads/fix"]);
  await expect(push(remote.url)).rejects.toThrow(/could not read Username/);
  await push(remote.url.replace("://", "://ada:pa55@"));
  expect(await pushed()).toBe(head);
});

test("over ssh, by its key alone", async ({ skip }) => {
  skip(NO_SSHD !== null, NO_SSHD ?? "");
  const { directory, git, head, pushed } = await open();
  const keys = join(directory, "keys");
  await mkdir(keys);
  await using remote = await GitOverSsh.start(keys);
  await writeFile(join(directory, "id"), remote.privateKey, { mode: 0o600 });
  await writeFile(join(directory, "known"), remote.knownHosts);
  const ssh = (id: string) =>
    `ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -i ${id} -o UserKnownHostsFile=${join(directory, "known")}`;
  const push = async (id: string) =>
    git(
      [
        "-C",
        "work",
        "push",
        "-q",
        remote.url(join(directory, "repositories/demo.git")),
        "HEAD:refs/heads/fix",
      ],
      { GIT_SSH_COMMAND: ssh(id) },
    );
  await execute("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(directory, "stranger")]);
  await expect(push(join(directory, "stranger"))).rejects.toThrow(/Permission denied/);
  await push(join(directory, "id"));
  expect(await pushed()).toBe(head);
});
