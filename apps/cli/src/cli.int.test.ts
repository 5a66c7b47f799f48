import { mkdir, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { SessionEvent, SubmitTaskOutput, Task } from "@trunkline/contract";
import { FakeProvider, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CliProcess, type CliResult } from "./testing/cli-process.ts";

const HOUR_MS = 3_600_000;

let provider: FakeProvider;
let server: ServerFixture;
/** The command finds server and token from the data directory alone. */
let env: Record<string, string>;
const cli = (...args: string[]): Promise<CliResult> => CliProcess.run(args, env);

beforeAll(async () => {
  provider = await FakeProvider.start();
  server = await ServerFixture.start({ env: { ...provider.serverEnv, TRUNKLINE_MODEL: "demo" } });
  env = { TRUNKLINE_DATA_DIR: server.dataDir };
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const jsonLines = <T>(text: string): T[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as T);

/** Submits a task that runs until it is canceled. */
async function submitSleeper(): Promise<SubmitTaskOutput> {
  const submitted = await server.client.task.submit.mutate({ prompt: "run: sleep 300" });
  await untilState(submitted.taskId, "working");
  return submitted;
}

async function untilState(taskId: string, state: Task["state"]): Promise<void> {
  await waitFor(`${taskId} to be ${state}`, async () => {
    const task = await server.client.task.get.query({ taskId });
    return task.state === state;
  });
}

async function newestTask(): Promise<Task> {
  const { items } = await server.client.task.list.query({ limit: 1 });
  const [task] = items;
  if (task === undefined) throw new Error("There is no task");
  return task;
}

describe("run", () => {
  it("prints what happens and exits with 0", async () => {
    const { exitCode, out, err } = await cli("run", "run:", "echo", "hello");
    expect(out).toMatch(/^✓ bash {2}echo hello {2}\d/m);
    expect(out).toMatch(/^ {2}hello$/m);
    expect(out).toMatch(/\n✓ Completed in .*\n$/);
    expect(err).toBe("");
    expect(exitCode).toBe(0);
  });

  it("prints with --json one event per line and nothing else", async () => {
    const { exitCode, out, err } = await cli("run", "--json", "say: hello");
    const events = jsonLines<SessionEvent>(out);
    expect(events[0]).toMatchObject({ type: "task.submitted", data: { prompt: "say: hello" } });
    expect(events.at(-1)).toMatchObject({ type: "task.completed" });
    expect(new Set(events.map(({ taskId }) => taskId)).size).toBe(1);
    expect(err).toBe("");
    expect(exitCode).toBe(0);
  });

  it("goes on in a session, and shows nothing of its past", async () => {
    const { sessionId } = await server.client.task.submit.mutate({ prompt: "say: before" });
    const { out } = await cli("run", "--session", sessionId, "say: after");
    expect(out).toContain("after");
    expect(out).not.toContain("before");
    expect((await newestTask()).sessionId).toBe(sessionId);
  });

  it("takes the prompt from a pipe and from a file", async () => {
    expect((await CliProcess.run(["run"], env, "say: from a pipe\n")).out).toContain("from a pipe");
    const file = join(server.dataDir, "prompt.txt");
    await writeFile(file, "say: from a file\n");
    expect((await cli("run", "--file", file)).out).toContain("from a file");
  });

  it("exits with 1 for a task that failed, and says why", async () => {
    provider.enqueue(say.reply(say.httpError(401, { message: "That key is not mine" })));
    const { exitCode, out } = await cli("run", "--model", "openai-compatible:fake", "hello");
    expect(out).toMatch(/^✗ Failed after .+: .+/m);
    expect(exitCode).toBe(1);
  });

  it("exits with 3 for a task that was canceled", async () => {
    await using running = new CliProcess(["run", "run: sleep 300"], env);
    const task = await waitFor("the task", async () => {
      const newest = await newestTask();
      return newest.state === "working" && newest.prompt === "run: sleep 300" ? newest : undefined;
    });
    expect((await cli("cancel", task.id)).exitCode).toBe(0);
    const { exitCode, out } = await running.ended();
    expect(out).toMatch(/^■ Canceled/m);
    expect(exitCode).toBe(3);
  });

  it("does not wait for a busy session where it is told not to", async () => {
    const { sessionId, taskId } = await submitSleeper();
    const { exitCode, err } = await cli("run", "--session", sessionId, "--when-busy", "reject", "say: no");
    expect(err).toMatch(/^error: .+/);
    expect(exitCode).toBe(1);
    await server.client.task.cancel.mutate({ taskId });
  });

  it("blames the caller for a session that is not there", async () => {
    const { exitCode, err } = await cli("run", "--session", crypto.randomUUID(), "say: no");
    expect(err).toMatch(/^error: .+/);
    expect(exitCode).toBe(2);
  });

  it("only submits with --detach", async () => {
    const { exitCode, out } = await cli("run", "--detach", "say: alone");
    const sessionId = /trunkline attach (\S+)/.exec(out)?.[1] ?? "";
    expect(out).toMatch(/trunkline cancel \S+/);
    expect(exitCode).toBe(0);
    expect((await cli("attach", sessionId)).out).toContain("alone");
    const json = await cli("run", "--detach", "--json", "say: alone");
    expect(jsonLines<SubmitTaskOutput>(json.out)).toMatchObject([{ task: { prompt: "say: alone" } }]);
  });

  it("lets go on Ctrl-C, says how to come back, and the task goes on", async () => {
    const marker = `run: sleep 300 # ${crypto.randomUUID()}`;
    await using running = new CliProcess(["run", marker], env);
    const { id, sessionId } = await waitFor("the task", async () => {
      const newest = await newestTask();
      return newest.state === "working" && newest.prompt === marker ? newest : undefined;
    });
    running.signal("SIGINT");
    const { exitCode, err } = await running.ended();
    expect(err).toContain(`trunkline attach ${sessionId}\n`);
    expect(err).toContain(`trunkline cancel ${id}\n`);
    expect(exitCode).toBe(130);
    expect((await server.client.task.get.query({ taskId: id })).state).toBe("working");
    await server.client.task.cancel.mutate({ taskId: id });
  });

  it("waits on Ctrl-C for a submit under way, and on the second for nothing", async () => {
    const asked = Promise.withResolvers<void>();
    const silent = createServer(() => asked.resolve()).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    await using running = new CliProcess(["run", "--url", `http://127.0.0.1:${port}`, "say: hello"], env);
    await asked.promise;
    running.signal("SIGINT");
    await waitFor("an explanation", () => running.err.includes("Press Ctrl-C again"));
    running.signal("SIGINT");
    expect((await running.ended()).exitCode).toBe(130);
    silent.closeAllConnections();
    silent.close();
  });

  it("ends quietly when its reader leaves", async () => {
    const script = "run: until test -e go; do sleep 0.05; done; seq 100000";
    await using running = new CliProcess(["run", "--json", script], env);
    await waitFor("the first event", () => running.out.includes("task.started"));
    running.leave();
    // There is something to say from now on.
    const { sessionId } = await newestTask();
    const { workspace } = (await server.client.session.get.query({ sessionId })).session;
    await mkdir(workspace, { recursive: true });
    await writeFile(join(workspace, "go"), "");
    const { exitCode, err } = await running.ended();
    expect(err).toBe("");
    expect(exitCode).toBe(130);
  });

  it("stays through a restart of the server", async () => {
    const script = "run: echo before; sleep 300";
    await using running = new CliProcess(["run", "--json", script], env);
    await waitFor("output", () => running.out.includes("before"));
    await server.kill();
    await waitFor("a notice", () => running.err.includes("Reconnecting"));
    await server.restart();
    await waitFor("the same again", () => running.err.includes("Reconnected"));
    await server.client.task.cancel.mutate({ taskId: (await newestTask()).id });
    const { out, err } = await running.ended();
    expect(err).toMatch(/^Connection lost \(.+\)\. Reconnecting…\nReconnected\.\n$/);
    const events = jsonLines<SessionEvent>(out);
    const seqs = events.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
    expect(
      events.filter(({ type }) => /^task\.(completed|failed|canceled|rejected)$/.test(type)),
    ).toHaveLength(1);
  });
});

describe("attach", () => {
  it("shows the past and leaves with the last task's exit code", async () => {
    const { taskId, sessionId } = await submitSleeper();
    await server.client.task.submit.mutate({ prompt: "say: second", sessionId });
    await using attached = new CliProcess(["attach", sessionId], env);
    await waitFor("the prompt", () => attached.out.includes("› run: sleep 300"));
    await server.client.task.cancel.mutate({ taskId });
    const { exitCode, out } = await attached.ended();
    expect(out).toMatch(/■ Canceled[^]*› say: second[^]*✓ Completed/);
    expect(exitCode).toBe(0);
    expect((await cli("attach", sessionId)).exitCode).toBe(0);
  });

  it("starts after a given event", async () => {
    const { out } = await cli("run", "--json", "say: hello");
    const events = jsonLines<SessionEvent>(out);
    const [{ sessionId }, cut] = [events[0]!, events.at(-3)!];
    const rest = await cli("attach", "--json", "--after", String(cut.seq), sessionId);
    expect(jsonLines<SessionEvent>(rest.out)).toEqual(events.slice(-2));
  });

  it("stays with --follow", async () => {
    const { sessionId } = await server.client.task.submit.mutate({ prompt: "say: one" });
    await using attached = new CliProcess(["attach", "--follow", sessionId], env);
    await waitFor("the first end", () => attached.out.includes("Completed"));
    await server.client.task.submit.mutate({ prompt: "say: two", sessionId });
    await waitFor("the second end", () => /Completed[^]*two[^]*Completed/.test(attached.out));
    attached.signal("SIGINT");
    expect((await attached.ended()).exitCode).toBe(130);
  });
});

describe("listings", () => {
  it("tasks and sessions, as tables and as JSON", async () => {
    const { taskId, sessionId } = await server.client.task.submit.mutate({ prompt: "say: listed" });
    await untilState(taskId, "completed");
    const tasks = await cli("tasks", "--session", sessionId);
    expect(tasks.out).toMatch(/^TASK +STATE +AGE +TOOK +PROMPT\n/);
    expect(tasks.out).toMatch(
      new RegExp(`^${taskId} +completed +\\S+(?: \\S+)? +\\S+(?: \\S+)? +say: listed$`, "m"),
    );
    const json = await cli("tasks", "--json", "--state", "completed", "--session", sessionId);
    expect(jsonLines<Task>(json.out)).toMatchObject([{ id: taskId, state: "completed" }]);
    expect((await cli("tasks", "--state", "rejected", "--session", sessionId)).err).toBe(
      "No task matches.\n",
    );

    const sessions = await cli("sessions", "--limit", "1");
    expect(sessions.out).toMatch(new RegExp(`^${sessionId} +idle `, "m"));
    expect(sessions.out.trimEnd().split("\n")).toHaveLength(2);
    expect(sessions.err).toContain("For more: --limit");
  });

  it.each([3 * HOUR_MS, -24 * HOUR_MS])(
    "B8: ages and lifetimes go by the server's clock, this machine's being wrong by %d ms",
    async (off) => {
      const { taskId, sessionId } = await submitSleeper();
      const wrong = `const now = Date.now; Date.now = () => now() + ${off};`;
      const wronglyTimed = {
        ...env,
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(wrong)}`,
      };
      await waitFor("a duration of seconds", async () => {
        const { out } = await CliProcess.run(["tasks", "--session", sessionId], wronglyTimed);
        expect(out).not.toMatch(/\d (?:h|d)\b/);
        return /working +\S+(?: \S+)? +[1-9][\d.]* (?:s|min)/.test(out);
      });
      const created = ["token", "create", "briefly", "--expires", "12h", "--json"];
      const { out } = await CliProcess.run(created, wronglyTimed);
      const { token } = JSON.parse(out) as { token: { expiresAt: number } };
      expect(Math.abs(token.expiresAt - Date.now() - 12 * HOUR_MS)).toBeLessThan(HOUR_MS);
      await server.client.task.cancel.mutate({ taskId });
    },
  );

  it("cancel says how it found the task", async () => {
    const { taskId } = await submitSleeper();
    const canceled = await cli("cancel", "--json", taskId);
    expect(jsonLines<Task>(canceled.out)).toMatchObject([{ id: taskId }]);
    await untilState(taskId, "canceled");
    expect((await cli("cancel", taskId)).out).toBe("It had already ended: canceled\n");
    expect((await cli("cancel", crypto.randomUUID())).exitCode).toBe(2);
  });
});

it("exits with 4 where the server does not know the token", async () => {
  const { exitCode, err } = await CliProcess.run(["tasks"], { ...env, TRUNKLINE_TOKEN: "wrong" });
  expect(err).toBe(`error: ${server.url} does not accept the token of TRUNKLINE_TOKEN.\n`);
  expect(exitCode).toBe(4);
});
