import type { SessionEvent } from "@trunkline/contract";
import { readLog, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";
import { TerminalProcess } from "../testing/terminal-process.ts";

const READY = "Type a message, or /help.";
const CTRL_C = "\u0003";
const CTRL_X = "\u0018";

let server: ServerFixture;
beforeAll(async () => {
  server = await ServerFixture.start({ env: { TRUNKLINE_APPROVALS: "always", TRUNKLINE_SANDBOX: "off" } });
});
afterAll(() => server[Symbol.asyncDispose]());

const submitted = (log: readonly SessionEvent[]) =>
  log.flatMap((event) => (event.type === "task.submitted" ? [event.data] : []));

it("what is typed while a session is watched goes to it, approvals are answered, and a key stops the task", async () => {
  const { sessionId } = await server.client.task.submit.mutate({ prompt: "say: first" });
  await using cli = new TerminalProcess(["attach", sessionId, "--follow"], {
    TRUNKLINE_DATA_DIR: server.dataDir,
  });
  // For whatever had the terminal before.
  cli.type("say: too early\r");
  await cli.shows(READY);
  cli.type("say: second");
  await cli.shows("› say: second");
  cli.type("\r");
  await cli.shows("second\n");
  await cli.shows("Completed");

  cli.type("/hel");
  await cli.shows("› /hel");
  cli.type("p\r");
  await cli.shows("/steer TEXT");
  cli.type("y\r");
  await cli.shows("Not sent: nothing is being asked.");

  cli.type("\u001b[200~run: sleep 600\nfor a while\u001b[201~\r");
  await cli.shows("Allow this? [y/n/a] ");
  cli.type("y\r");
  await cli.shows("Allowed by local");
  cli.type("/steer say: sooner\r");
  await cli.shows("For the running task: say: sooner");
  cli.type("say: later\r");
  await cli.shows("Queued: say: later");
  cli.type(CTRL_X);
  await cli.shows("Stop the running task? [y/N] ");
  cli.type("y\r");
  await cli.shows("Canceled");
  await cli.shows("later\n");
  await cli.shows("Completed");
  cli.type(CTRL_C);
  await cli.shows("Detached");
  expect(await cli.ended()).toBe(130);

  const log = await readLog(server.client, sessionId);
  expect(submitted(log).map(({ prompt, whenBusy }) => [prompt, whenBusy])).toEqual([
    ["say: first", "enqueue"],
    ["say: second", "enqueue"],
    ["run: sleep 600\nfor a while", "enqueue"],
    ["say: sooner", "steer"],
    ["say: later", "enqueue"],
  ]);
});

it("a message that is half typed keeps what happens away until it is sent, and none is sent from a pipe", async () => {
  const { sessionId } = await server.client.task.submit.mutate({ prompt: "say: first" });
  const env = { TRUNKLINE_DATA_DIR: server.dataDir };
  await using cli = new TerminalProcess(["attach", sessionId, "--follow"], env);
  await using pipe = new CliProcess(["attach", sessionId, "--follow"], env, { input: "open" });
  pipe.write("say: from a pipe\n");
  await cli.shows(READY);
  cli.type("say: half");
  await cli.shows("› say: half");
  const { taskId } = await server.client.task.submit.mutate({
    sessionId,
    prompt: "run: echo from elsewhere",
  });
  await waitFor("the approval", async () => {
    return (await server.client.task.get.query({ taskId })).state === "input-required";
  });
  await waitFor("the pipe to show it", () => pipe.out.includes("--deny"));
  expect(cli.screen).not.toContain("Allow this?");
  cli.type(" a message\r");
  await cli.shows("Allow this? [y/n/a] ");
  cli.type("n\r");
  await cli.shows("Denied by local");
  await cli.shows("half a message\n");
  cli.type(CTRL_C);
  expect(await cli.ended()).toBe(130);
  expect(submitted(await readLog(server.client, sessionId)).map(({ prompt }) => prompt)).toEqual([
    "say: first",
    "run: echo from elsewhere",
    "say: half a message",
  ]);
});
