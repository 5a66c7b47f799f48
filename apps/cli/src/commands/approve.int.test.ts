import type { Approval } from "@trunkline/contract";
import { readLog, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCaptured } from "../testing/captured-cli.ts";
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
  expect((await cli("approve", "--session", approval.sessionId)).err).toContain("Nothing waits for you.");
  expect((await cli("approve", approval.id, "--deny")).exitCode).toBe(0);
  const other = await cli("approve", approval.id);
  expect(other.exitCode).not.toBe(0);
  expect(other.err).toContain("was answered with 'deny' by local");
  expect((await cli("approve", approval.id, "--deny", "--always")).exitCode).toBe(2);
  expect((await cli("approve", "0199c7a4-0000-7000-8000-000000000000")).err).toContain(
    "There is no approval",
  );
});

describe("at a terminal", () => {
  const atTerminal = async (typed: string, ...args: string[]) =>
    runCaptured(args, { typed, env: { TRUNKLINE_DATA_DIR: server.dataDir } });
  const decisionsIn = async (sessionId: string) =>
    (await readLog(server.client, sessionId)).flatMap((event) =>
      event.type === "approval.answered" ? [event.data.decision] : [],
    );

  it.each([
    ["y", "allow"],
    ["N", "deny"],
    ["xay", "allow"],
  ])("the keys %s answer what a run asks: %s", async (typed, decision) => {
    const { exitCode, out } = await atTerminal(typed, "run", "ask: Shall I?");
    expect(exitCode).toBe(0);
    expect(out).toContain("? ask_user  Shall I?");
    expect(out).toContain(`answered: ${decision}, by local`);
  });

  it("a key answers what a session asked before it was attached to", async () => {
    const { sessionId } = await asking("ask: First?\nask: Second?");
    expect((await atTerminal("yn", "attach", sessionId)).exitCode).toBe(0);
    expect(await decisionsIn(sessionId)).toEqual(["allow", "deny"]);
  });

  it("Ctrl-C lets go, and the question waits on", async () => {
    const { sessionId, id } = await asking();
    expect((await atTerminal("\u0003", "attach", sessionId)).exitCode).not.toBe(0);
    expect((await server.client.approval.list.query({ sessionId })).items).toMatchObject([{ id }]);
  });
});

it("where nobody types, a run says how to answer", async () => {
  await using running = new CliProcess(["run", "ask: May I?"], { TRUNKLINE_DATA_DIR: server.dataDir });
  const id = await waitFor("the hint", () =>
    Promise.resolve(/trunkline approve (\S+) \[--deny\]/.exec(running.out)?.[1]),
  );
  expect((await cli("approve", id)).exitCode).toBe(0);
  expect((await running.ended()).exitCode).toBe(0);
});
