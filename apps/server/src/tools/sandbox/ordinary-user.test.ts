import { spawn } from "node:child_process";
import { chmod, chown, copyFile, link, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ServerInfo } from "@trunkline/contract";
import { beforeEach, expect, test } from "vitest";
import type { ToolResult } from "../port.ts";
import { always, WebSite } from "../web-fetch/testing/web-site.ts";
import { bwrap, NO_BWRAP } from "./testing/sandbox-bench.ts";

beforeEach(({ skip }) => skip(bwrap === null, NO_BWRAP));

const NOBODY = 65_534;
const SCRIPT = fileURLToPath(new URL("testing/run-sandboxed.ts", import.meta.url));

interface Outcome {
  state: ServerInfo["sandbox"];
  result: ToolResult;
}

/** A directory and a Node accessible to an ordinary user, in case this one's are root's. */
class OrdinaryUser implements AsyncDisposable {
  readonly directory: string;
  readonly node: string;

  private constructor(directory: string) {
    this.directory = directory;
    this.node = join(directory, "node");
  }

  static async create(): Promise<OrdinaryUser> {
    const directory = await mkdtemp(join(await realpath(tmpdir()), "trunkline-user-"));
    const user = new OrdinaryUser(directory);
    await chmod(directory, 0o755);
    await link(process.execPath, user.node).catch(() => copyFile(process.execPath, user.node));
    await chown(directory, NOBODY, NOBODY);
    return user;
  }

  /** Starts the small server as that user. */
  async run(command: string, host?: string): Promise<Outcome & { exitCode: number | null; errors: string }> {
    const child = spawn(
      this.node,
      [SCRIPT, join(this.directory, "data"), command, "auto", ...(host === undefined ? [] : [host])],
      {
        uid: NOBODY,
        gid: NOBODY,
        cwd: "/",
        env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
      },
    );
    return outcomeOf(child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function outcomeOf(
  child: ReturnType<typeof spawn>,
): Promise<Outcome & { exitCode: number | null; errors: string }> {
  const [output, errors, exitCode] = await Promise.all([
    child.stdout!.toArray(),
    child.stderr!.toArray(),
    new Promise<number | null>((resolve) => child.once("exit", resolve)),
  ]);
  const text = output.join("");
  return { ...(JSON.parse(text === "" ? "{}" : text) as Outcome), exitCode, errors: errors.join("") };
}

async function canRead(uid: number, path: string): Promise<boolean> {
  const child = spawn("test", ["-r", path], { uid, gid: uid, cwd: "/" });
  return (await new Promise((resolve) => child.once("exit", resolve))) === 0;
}

test("the sandbox holds for an ordinary user as it does for root", async ({ skip }) => {
  skip(process.getuid?.() !== 0, "needs root, to become somebody else; the other tests are ordinary then");
  skip(!(await canRead(NOBODY, SCRIPT)), "needs sources that everybody may read");
  await using user = await OrdinaryUser.create();
  const { state, result, errors } = await user.run(`
    id -u; touch made; stat -c %U made
    ls ${dirname(dirname(SCRIPT))} 2>&1 | grep -c 'No such file'
    grep -c : /proc/net/dev
    grep CapEff /proc/self/status | cut -f2; ulimit -u; cat /proc/self/oom_score_adj`);
  expect(errors).toBe("");
  expect(state).toEqual({ mode: "auto", active: true, reason: null });
  expect(result.output.trim().split("\n")).toEqual([
    String(NOBODY),
    "trunkline",
    "1",
    "1",
    "0000000000000000",
    "512",
    "1000",
  ]);
  const forks = await user.run(`exec python3 - <<'END'
import os, time
for children in range(1000):
    try:
        if os.fork() == 0:
            time.sleep(600)
            os._exit(0)
    except BlockingIOError as error:
        print(error.strerror, children, flush=True)
        os._exit(1)
END`);
  expect(forks.result).toMatchObject({ status: "failed", exitCode: 1 });
  expect(forks.result.output).toMatch(/^Resource temporarily unavailable (50\d|510)\n/);
});

test("its commands reach listed hosts, through a gate that needs no rights", async ({ skip }) => {
  skip(process.getuid?.() !== 0, "needs root, to become somebody else; the other tests are ordinary then");
  skip(!(await canRead(NOBODY, SCRIPT)), "needs sources that everybody may read");
  await using user = await OrdinaryUser.create();
  await using site = await WebSite.start(always("hello from outside"));
  const host = `one.example:${site.port}`;
  const { result, errors } = await user.run(
    `id -u; curl -sS http://${host}/; curl -sS http://evil.example/`,
    host,
  );
  expect(errors).toBe("");
  expect(result.output).toMatch(
    new RegExp(`^${NOBODY}\nhello from outside[^]*evil\\.example:80 was refused`),
  );
});

test("where user namespaces are forbidden, the probe says so, and `required` does not start", async () => {
  const directory = await mkdtemp(join(await realpath(tmpdir()), "trunkline-forbidden-"));
  const forbidden = (mode: string) =>
    outcomeOf(
      spawn(
        "/usr/bin/unshare",
        [
          "--user",
          "--map-root-user",
          "sh",
          "-c",
          'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"',
          "sh",
          process.execPath,
          SCRIPT,
          directory,
          "echo ran",
          mode,
        ],
        { env: { PATH: process.env["PATH"] } },
      ),
    );
  try {
    const auto = await forbidden("auto");
    expect(auto.state).toMatchObject({ mode: "auto", active: false });
    expect(auto.state.reason).toMatch(
      /^The sandbox cannot be started: bwrap: .*namespace.*max_user_namespaces is 0/,
    );
    expect(auto.result).toMatchObject({ status: "succeeded", output: "ran\n" });
    const required = await forbidden("required");
    expect(required.exitCode).toBe(1);
    expect(required.errors).toContain("TRUNKLINE_SANDBOX is 'required', but there is no sandbox");
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
