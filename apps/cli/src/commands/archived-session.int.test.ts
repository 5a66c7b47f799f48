import { followTask, isApiError } from "@trunkline/client";
import { ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { runCaptured } from "../testing/captured-cli.ts";

/** E2: an archived session takes no task, whichever way it comes, until somebody brings it back. */
let server: ServerFixture;
let sessionId: string;
let endedId: string;
beforeAll(async () => {
  server = await ServerFixture.start();
});
afterAll(async () => server[Symbol.asyncDispose]());
beforeEach(async () => {
  ({ sessionId, taskId: endedId } = await server.client.task.submit.mutate({ prompt: "say: hello" }));
  await ended({ sessionId, taskId: endedId });
  await archive(true);
});

async function ended(task: { sessionId: string; taskId: string }): Promise<string | undefined> {
  let last: string | undefined;
  for await (const { type } of followTask(server.client, task)) last = type;
  return last;
}
const archive = async (archived: boolean) => server.client.session.update.mutate({ sessionId, archived });
const tasks = async () => (await server.client.task.list.query({ sessionId })).items.length;
const reasonOf = async (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    (error: unknown) => (isApiError(error) ? error.reason : error),
  );
const post = async (path: string, body: object) => {
  const response = await fetch(`${server.url}/api/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { error?: { data: { reason: string } } };
  return { status: response.status, reason: answer.error?.data.reason };
};
const cli = async (...args: string[]) => runCaptured(args, { env: { TRUNKLINE_DATA_DIR: server.dataDir } });

it("E2: refuses submits of each kind and retries over tRPC", async () => {
  const { task } = server.client;
  for (const whenBusy of ["enqueue", "interrupt", "reject"] as const) {
    expect(await reasonOf(task.submit.mutate({ sessionId, prompt: "say: x", whenBusy }))).toBe(
      "session_archived",
    );
  }
  expect(await reasonOf(task.retry.mutate({ taskId: endedId }))).toBe("session_archived");
  expect(await tasks()).toBe(1);
});

it("E2: refuses them over REST with 409", async () => {
  const refused = { status: 409, reason: "session_archived" };
  expect(await post("tasks", { sessionId, prompt: "say: x" })).toEqual(refused);
  expect(await post(`tasks/${endedId}/retry`, {})).toEqual(refused);
  expect(await tasks()).toBe(1);
});

it("E2: refuses them on the command line, and says what brings the session back", async () => {
  for (const args of [
    ["run", "--session", sessionId, "say: x"],
    ["run", "--detach", "--session", sessionId, "say: x"],
    ["retry", endedId],
  ]) {
    const { exitCode, err } = await cli(...args);
    expect([exitCode, err]).toEqual([expect.any(Number), expect.stringContaining("archived")]);
    expect(exitCode).not.toBe(0);
    expect(err).toContain(`archive ${sessionId} --undo`);
  }
  expect(await tasks()).toBe(1);
  await cli("archive", sessionId, "--undo");
  expect((await cli("run", "--session", sessionId, "say: back")).exitCode).toBe(0);
});

it("E2: what was submitted before it was archived runs to its end, and a fork of it is a session like others", async () => {
  await archive(false);
  const [first, second] = [
    await server.client.task.submit.mutate({ sessionId, prompt: "ask: go on?" }),
    await server.client.task.submit.mutate({ sessionId, prompt: "say: second" }),
  ];
  await archive(true);
  expect(await reasonOf(server.client.task.submit.mutate({ sessionId, prompt: "say: x" }))).toBe(
    "session_archived",
  );
  await server.client.task.cancel.mutate({ taskId: first.taskId });
  expect(await ended(second)).toBe("task.completed");

  const fork = await server.client.session.fork.mutate({ sessionId });
  expect(fork.archivedAt).toBeNull();
  const inFork = await server.client.task.submit.mutate({ sessionId: fork.id, prompt: "say: here" });
  expect(await ended(inFork)).toBe("task.completed");
});
