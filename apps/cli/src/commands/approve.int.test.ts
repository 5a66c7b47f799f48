import type { Approval } from "@trunkline/contract";
import { ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TerminalProcess } from "../testing/terminal-process.ts";
import { CliProcess, type CliResult } from "../testing/cli-process.ts";

let server: ServerFixture;
const cli = (...args: string[]): Promise<CliResult> =>
  CliProcess.run(args, { TRUNKLINE_DATA_DIR: server.dataDir });

beforeAll(async () => {
  server = await ServerFixture.start();
});
afterAll(() => server[Symbol.asyncDispose]());

async function asking(prompt = "ask: May I?"): Promise<Approval> {
  const { sessionId } = await server.client.task.submit.mutate({ prompt });
  return waitFor("the question", async () => {
    const { approvals } = await server.client.session.get.query({ sessionId });
    return approvals[0];
  });
}

it("lists what waits, and answers it, once", async () => {
  const approval = await asking();
  const listed = await cli("approve", "--session", approval.sessionId);
  expect(listed).toMatchObject({ exitCode: 0, out: expect.stringContaining("ask_user  May I?") as string });
  expect(JSON.parse((await cli("approve", "--json", "--session", approval.sessionId)).out)).toEqual(approval);

  expect(await cli("approve", approval.id, "--deny", "--note", "not today")).toMatchObject({
    exitCode: 0,
    out: "Denied: ask_user  May I?\n",
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
  await using running = new CliProcess(["run", "ask: May I?"], { TRUNKLINE_DATA_DIR: server.dataDir });
  const id = await waitFor("the hint", () =>
    Promise.resolve(/trunkline approve (\S+) --note/.exec(running.out)?.[1]),
  );
  expect((await cli("approve", id)).exitCode).toBe(0);
  expect((await running.ended()).exitCode).toBe(0);
});

it("A2: at a terminal, approve shows the whole call before it asks", async () => {
  const { id } = await asking("ask: First line,\\nsecond line?");
  await using terminal = new TerminalProcess(["approve", id.slice(0, 18)], {
    TRUNKLINE_DATA_DIR: server.dataDir,
  });
  await terminal.shows("First line");
  await terminal.shows("Your answer: ");
  terminal.type("go ahead\r");
  await terminal.shows("Answered: go ahead");
  expect(await terminal.ended()).toBe(0);
});
