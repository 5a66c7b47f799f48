import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Task } from "@trunkline/contract";
import { ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { CliProcess, type CliResult } from "../testing/cli-process.ts";

let server: ServerFixture;
let sessionId: string;
/** It runs until canceled; the other two are queued behind it. */
let busy: string;
let second: string;
let third: string;
const cli = (args: string[], input = ""): Promise<CliResult> =>
  CliProcess.run(args, { TRUNKLINE_DATA_DIR: server.dataDir }, input);
const taskOf = (taskId: string): Promise<Task> => server.client.task.get.query({ taskId });

beforeAll(async () => {
  server = await ServerFixture.start();
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(async () => {
  ({ sessionId, taskId: busy } = await server.client.task.submit.mutate({ prompt: "run: sleep 300" }));
  const submit = async (prompt: string) =>
    (await server.client.task.submit.mutate({ prompt, sessionId })).taskId;
  second = await submit("say: second");
  third = await submit("say: third");
  await waitFor("the first task's start", async () => (await taskOf(busy)).state === "working");
});

it("edits what waits, by words and through a pipe", async () => {
  expect(await cli(["edit", second, "say:", "changed"])).toMatchObject({
    exitCode: 0,
    out: "New prompt: say: changed\n",
  });
  expect((await taskOf(second)).prompt).toBe("say: changed");
  const piped = await cli(["edit", second, "--json"], "say: piped\n");
  expect(JSON.parse(piped.out)).toMatchObject({ id: second, prompt: "say: piped" });
});

it("moves what waits", async () => {
  const order = async (): Promise<string[]> => {
    const tasks = await Promise.all([second, third].map(taskOf));
    return tasks.toSorted((a, b) => a.pos - b.pos).map(({ id }) => id);
  };
  expect(await cli(["move", third, "--before", second])).toMatchObject({
    exitCode: 0,
    out: `Moved before ${second}\n`,
  });
  expect(await order()).toEqual([third, second]);
  expect(JSON.parse((await cli(["move", third, "--last", "--json"])).out)).toMatchObject({ id: third });
  expect(await order()).toEqual([second, third]);
});

it("refuses to touch what has begun, and a use that says too little or too much", async () => {
  const edited = await cli(["edit", busy, "say: other"]);
  expect(edited).toMatchObject({ exitCode: 1, err: expect.stringMatching(/^error: .+/) });
  expect((await cli(["move", busy, "--last"])).exitCode).toBe(1);
  expect((await cli(["edit", crypto.randomUUID(), "say: x"])).exitCode).toBe(2);
  expect(await cli(["move", third])).toMatchObject({ exitCode: 2, err: expect.stringContaining("--last") });
  expect((await cli(["move", third, "--last", "--before", second])).exitCode).toBe(2);
  expect((await cli(["edit", third])).err).toContain("No prompt.");
});

it("hands what waits, or a new prompt, to the running task, and watches that one then", async () => {
  const { sessionId: id, taskId } = await server.client.task.submit.mutate({
    prompt: `run: until [ -e go ]; do sleep 0.05; done; echo went`,
  });
  await waitFor("its start", async () => (await taskOf(taskId)).state === "working");
  const queued = await server.client.task.submit.mutate({ prompt: "say: was queued", sessionId: id });
  expect(await cli(["steer", queued.taskId])).toMatchObject({
    exitCode: 0,
    out: "Goes to the running task\n",
  });
  const watching = cli(["run", "--session", id, "--steer", "say: heard this"]);
  await waitFor("the message", async () => {
    const { tasks } = await server.client.session.get.query({ sessionId: id });
    return tasks.filter(({ steers, state }) => steers === taskId && state === "submitted").length === 2;
  });
  await writeFile(join(server.dataDir, "workspaces", id, "go"), "");
  const { exitCode, out } = await watching;
  expect(exitCode).toBe(0);
  expect(out).toMatch(/went[^]*› say: was queued\n› say: heard this\n[^]*heard this\n[^]*Completed/);
  expect(await taskOf(queued.taskId)).toMatchObject({ state: "canceled", reason: "steered" });
  expect((await cli(["steer", taskId])).err).toContain("can't be handed to the running task");
});

it("retries what has ended, and nothing else", async () => {
  expect((await cli(["retry", busy])).exitCode).toBe(1);
  await server.client.task.cancel.mutate({ taskId: second });
  const retried = JSON.parse((await cli(["retry", second, "--json"])).out) as Task;
  expect(retried).toMatchObject({ sessionId, prompt: "say: second" });
  expect(retried.id).not.toBe(second);
  expect((await cli(["retry", second])).out).toMatch(/^Submitted again\.\n[^]*trunkline cancel \S+\n$/);
});
