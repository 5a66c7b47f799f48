import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { followTask } from "@trunkline/client";
import type { Changes, Checkpoint } from "@trunkline/contract";
import { ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCaptured } from "../testing/captured-cli.ts";

const execute = promisify(execFile);

let server: ServerFixture;
beforeAll(async () => {
  server = await ServerFixture.start();
});
afterAll(async () => server[Symbol.asyncDispose]());

const cli = async (...args: string[]) => runCaptured(args, { env: { TRUNKLINE_DATA_DIR: server.dataDir } });

async function run(prompt: string, sessionId?: string): Promise<string> {
  const task = await server.client.task.submit.mutate({ prompt, sessionId });
  for await (const { type } of followTask(server.client, task)) if (type === "task.completed") break;
  return task.sessionId;
}

it("diff prints what git apply takes, a list of files, or one file's", async () => {
  const sessionId = await run(
    String.raw`run: mkdir src; seq 3 > src/a; printf 'x\r\n' > dos; printf '\033[31mred' > odd`,
  );
  const { out, exitCode } = await cli("diff", sessionId);
  expect(exitCode).toBe(0);
  const directory = await mkdtemp(join(tmpdir(), "trunkline-apply-"));
  try {
    await writeFile(join(directory, "patch"), out);
    await execute("git", ["apply", "patch"], { cwd: directory });
    expect(await readFile(join(directory, "src/a"), "utf8")).toBe("1\n2\n3\n");
    expect(await readFile(join(directory, "dos"), "utf8")).toBe("x\r\n");
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  expect((await cli("diff", sessionId, "--stat")).out).toBe(
    " dos (added)   | +1 -0\n odd (added)   | +1 -0\n src/a (added) | +3 -0\n 3 files changed\n",
  );
  const one = await cli("diff", sessionId, "src/");
  expect(one.out.match(/^diff --git .*$/gm)).toBeNull();
  expect(one).toMatchObject({ exitCode: 2, err: expect.stringContaining("src/") });
  expect((await cli("diff", sessionId, "src")).out).toContain("+++ b/src/a\n");
  const { out: json } = await cli("diff", sessionId, "src", "--json");
  expect((JSON.parse(json) as Changes).files).toMatchObject([{ path: "src/a", status: "added" }]);
});

it("revert restores files and says how to undo it", async () => {
  const sessionId = await run("run: echo one > a; echo one > b");
  await run("run: echo two > a; rm b; echo two > c", sessionId);
  const listed = (await cli("revert", sessionId, "--list", "--json")).out.trim().split("\n");
  const checkpoints = listed.map((line) => JSON.parse(line) as Checkpoint);
  expect(checkpoints.map(({ cause }) => cause)).toEqual(["step", "step", "base"]);
  expect((await cli("revert", sessionId)).err).toContain("--list");
  const { workspace } = (await server.client.session.get.query({ sessionId })).session;
  const names = async () => (await execute("ls", [workspace])).stdout;
  const done = await cli("revert", sessionId, "--to", String(checkpoints[1]?.seq));
  expect(done.out).toContain(`Restored the files of event ${checkpoints[1]?.seq}.\n`);
  expect(await names()).toBe("a\nb\n");
  const undo = / --to (\d+)/.exec(done.out)?.[1] ?? "";
  expect((await cli("revert", sessionId, "b", "c", "--to", undo)).exitCode).toBe(0);
  expect(await names()).toBe("a\nc\n");
  expect(await readFile(join(workspace, "a"), "utf8")).toBe("one\n");
  expect((await cli("revert", sessionId, "c", "--to", undo)).out).toContain("Nothing to restore");
  expect((await cli("revert", sessionId, "--to", "9999")).err).toContain("this session has");
});
