import type { Approval } from "@trunkline/contract";
import { ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TerminalProcess } from "../testing/terminal-process.ts";
import { CliProcess, type CliResult } from "../testing/cli-process.ts";

let server: ServerFixture;
const cli = (...args: string[]): Promise<CliResult> =>
  CliProcess.run(args, { TRUNKLINE_DATA_DIR: server.dataDir });

beforeAll(async () => {
  server = await ServerFixture.start({ env: { TRUNKLINE_APPROVALS: "always", TRUNKLINE_SANDBOX: "off" } });
});
afterAll(() => server[Symbol.asyncDispose]());

async function asking(prompt = "run: echo May I"): Promise<Approval> {
  const { sessionId } = await server.client.task.submit.mutate({ prompt });
  return waitFor("the question", async () => {
    const { approvals } = await server.client.session.get.query({ sessionId });
    return approvals[0];
  });
}

it("lists what waits, and answers it, once", async () => {
  const approval = await asking();
  const listed = await cli("approve", "--session", approval.sessionId);
  expect(listed).toMatchObject({ exitCode: 0, out: expect.stringContaining("bash  echo May I") as string });
  expect(JSON.parse((await cli("approve", "--json", "--session", approval.sessionId)).out)).toEqual(approval);

  expect(await cli("approve", approval.id, "--deny", "--note", "not today")).toMatchObject({
    exitCode: 0,
    out: "Denied: bash  echo May I\n",
  });
  expect((await cli("approve", "--session", approval.sessionId)).err).toContain(
    "Nothing is waiting for you.",
  );
  expect((await cli("approve", approval.id, "--deny")).exitCode).toBe(0);
  const other = await cli("approve", approval.id);
  expect(other.exitCode).not.toBe(0);
  expect(other.err).toContain("was answered with 'deny' by local");
  expect((await cli("approve", approval.id, "--deny", "--always")).exitCode).toBe(2);
  expect((await cli("approve", "0199c7a4-0000-7000-8000-000000000000")).err).toContain(
    "There is no approval",
  );
});

it("where nobody types, a run says how to answer", async () => {
  await using running = new CliProcess(["run", "run: echo May I"], { TRUNKLINE_DATA_DIR: server.dataDir });
  const id = await waitFor("the hint", () =>
    Promise.resolve(/trunkline approve (\S+)\n/.exec(running.out)?.[1]),
  );
  expect((await cli("approve", id)).exitCode).toBe(0);
  expect((await running.ended()).exitCode).toBe(0);
});

it("A2: at a terminal, approve shows the whole call before it asks", async () => {
  const { id } = await asking(`run: echo ${"long ".repeat(100)}and the end`);
  await using terminal = new TerminalProcess(["approve", id.slice(0, 18)], {
    TRUNKLINE_DATA_DIR: server.dataDir,
  });
  await terminal.shows("and the end");
  await terminal.shows("[y/n/a] ");
  terminal.type("y\r");
  await terminal.shows("Allowed: bash");
  expect(await terminal.ended()).toBe(0);
});

it("A1: approve --always names its rule and asks once more at a terminal", async () => {
  const { id, sessionId } = await asking();
  await using terminal = new TerminalProcess(["approve", id, "--always"], {
    TRUNKLINE_DATA_DIR: server.dataDir,
  });
  await terminal.shows("` in this session, without asking? [y/N] ");
  terminal.type("\r");
  await terminal.shows("Not answered.");
  expect((await server.client.approval.list.query({ sessionId })).items).toMatchObject([{ id }]);
});
