import { spawnSync } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { SessionEvent } from "@trunkline/contract";
import { FakeProvider, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import { boundedBomb, countBombs } from "../tools/sandbox/testing/bounded-bomb.ts";

const hasBwrap = spawnSync("bwrap", ["--version"]).status === 0;

type ToolEnded = Extract<SessionEvent, { type: "tool.ended" }>["data"];

/** Runs one command in a new session. */
async function run(
  server: ServerFixture,
  provider: FakeProvider,
  command: string,
): Promise<ToolEnded & { sessionId: string }> {
  provider.enqueue(say.reply(say.toolCall("bash", { command })), say.reply(say.text("done")));
  const { taskId, sessionId } = await server.client.task.submit.mutate({ prompt: "go" });
  const isOver = async () => (await server.client.task.get.query({ taskId })).state === "completed";
  await waitFor("the task's end", isOver);
  const ended = (await readLog(server.client, sessionId)).find(({ type }) => type === "tool.ended");
  return { ...(ended?.data as ToolEnded), sessionId };
}

describe("in the sandbox, through the server", () => {
  beforeEach(({ skip }) => skip(!hasBwrap, "needs bubblewrap"));

  it("nothing of the server, of its machine and of other sessions is within reach", async () => {
    await using provider = await FakeProvider.start();
    await using server = await ServerFixture.start({
      env: { ...provider.serverEnv, AWS_SECRET_ACCESS_KEY: "canary-env" },
    });
    const { sandbox } = await server.client.server.info.query();
    expect(sandbox).toEqual({ mode: "auto", active: true, reason: null });
    const other = await run(server, provider, "echo canary-other > secret; pwd");
    expect(other).toMatchObject({ status: "succeeded" });

    const port = new URL(server.url).port;
    const { output, status } = await run(
      server,
      provider,
      `
      for file in ${other.output.trim()}/secret ../${other.sessionId}/secret ${server.dataDir}/token ../../token \\
        ${server.dataDir}/trunkline.db ${server.dataDir}/server.json /proc/${server.pid}/environ /etc/shadow; do
        if cat "$file" > stolen 2> /dev/null; then echo "read $file"; fi
      done
      cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c canary
      for target in 127.0.0.1/${port} ::1/${port} 127.0.0.1/${provider.port} 169.254.169.254/80 168.63.129.16/80 10.0.0.1/80; do
        timeout 5 bash -c "echo > /dev/tcp/$target" 2> /dev/null && echo "reached $target"
      done
      touch ${server.dataDir}/x ../x /usr/x /etc/x 2> /dev/null && echo wrote
      grep -c : /proc/net/dev; id -un; echo end`,
    );
    // No canary, and only the loopback device.
    expect({ output, status }).toEqual({ output: "0\n1\ntrunkline\nend\n", status: "succeeded" });
    // The same questions find it all outside.
    expect((await fetch(`${server.url}/health`)).ok).toBe(true);
    expect((await stat(join(other.output.trim(), "secret"))).size).toBeGreaterThan(0);
  });

  // Harmless if a limit does not hold: it ends by itself, a gigabyte beyond at most.
  it("a fork bomb and a 10 GB write end in a failed tool, and the server serves on", async () => {
    await using provider = await FakeProvider.start();
    await using server = await ServerFixture.start({ env: provider.serverEnv });
    const bomb = run(server, provider, boundedBomb({ afterRefusal: 1, deadlineSeconds: 100 }));
    const answeredMs: number[] = [];
    let isOver = false;
    void bomb.finally(() => (isOver = true)).catch(() => undefined);
    while (!isOver) {
      const askedAt = performance.now();
      expect((await fetch(`${server.url}/health`)).ok).toBe(true);
      answeredMs.push(performance.now() - askedAt);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const exploded = await bomb;
    expect(exploded).toMatchObject({
      status: "failed",
      output: expect.stringContaining("no more than 512 processes may run") as string,
    });
    const { bombs, refusals } = await countBombs(join(server.dataDir, "workspaces", exploded.sessionId));
    expect(refusals).toBeGreaterThan(0);
    expect(bombs).toBeLessThanOrEqual(512);
    // Not the slowest: a busy machine holds up one answer or two.
    expect(answeredMs.toSorted((a, b) => a - b)[answeredMs.length >> 1]).toBeLessThan(5_000);

    // Starts just below the file limit, to spare the disk.
    const write = await run(
      server,
      provider,
      "exec dd if=/dev/zero of=big bs=1M count=1024 seek=2040 status=none",
    );
    expect(write).toMatchObject({
      status: "failed",
      output: expect.stringContaining("a file may not grow beyond 2 GiB") as string,
    });
    expect((await stat(join(server.dataDir, "workspaces", write.sessionId, "big"))).size).toBe(2 ** 31);
    const whole = await run(server, provider, "exec truncate -s 10G sparse");
    expect(whole).toMatchObject({
      status: "failed",
      output: expect.stringContaining("a file may not grow beyond 2 GiB") as string,
    });
    const memory = await run(server, provider, "head -c 600M /dev/zero > /tmp/big");
    expect(memory).toMatchObject({
      status: "failed",
      output: expect.stringContaining("No space left") as string,
    });
    expect(await run(server, provider, "echo fine")).toMatchObject({ status: "succeeded", output: "fine\n" });
    expect(server.isRunning).toBe(true);
  });
});

describe("without a sandbox", () => {
  it("commands are refused while there is more than one user; nothing else is", async () => {
    await using provider = await FakeProvider.start();
    await using server = await ServerFixture.start({
      env: { ...provider.serverEnv, TRUNKLINE_SANDBOX: "off" },
    });
    expect(await run(server, provider, "echo alone")).toMatchObject({
      status: "succeeded",
      output: "alone\n",
    });

    await server.client.user.create.mutate({ name: "ada" });
    const refused = await run(server, provider, "echo together > made");
    expect(refused).toMatchObject({
      status: "failed",
      output: expect.stringContaining(
        "it has more than one user and no sandbox (TRUNKLINE_SANDBOX is off)",
      ) as string,
    });
    expect((await server.client.server.info.query()).sandbox).toMatchObject({
      mode: "off",
      active: false,
      reason: expect.stringContaining("commands are refused") as string,
    });
    provider.enqueue(
      say.reply(say.toolCall("list_files", {}), say.toolCall("write_file", { path: "a", content: "b" })),
      say.reply(say.text("done")),
    );
    const { taskId } = await server.client.task.submit.mutate({ prompt: "go", sessionId: refused.sessionId });
    await waitFor(
      "the task",
      async () => (await server.client.task.get.query({ taskId })).state === "completed",
    );
    const log = await readLog(server.client, refused.sessionId);
    expect(log.flatMap(({ type, data }) => (type === "tool.ended" ? [data] : [])).slice(1)).toMatchObject([
      { status: "succeeded", output: "(empty directory)" },
      { status: "succeeded" },
    ]);
  });
});
