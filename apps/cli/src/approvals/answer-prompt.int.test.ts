import type { EventDataOf, SessionEvent } from "@trunkline/contract";
import { readLog, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";
import { QUIET_MS } from "../terminal/discard-typed.ts";
import { TerminalProcess } from "../testing/terminal-process.ts";

const PROMPT = "Allow this? [y/n/a] ";

let server: ServerFixture;
beforeAll(async () => {
  server = await ServerFixture.start({ env: { TRUNKLINE_APPROVALS: "always", TRUNKLINE_SANDBOX: "off" } });
});
afterAll(() => server[Symbol.asyncDispose]());

const terminal = (...args: string[]): TerminalProcess =>
  new TerminalProcess(args, { TRUNKLINE_DATA_DIR: server.dataDir });

async function eventsOf(marker: string): Promise<SessionEvent[]> {
  const { items } = await server.client.task.list.query({ limit: 20 });
  const task = items.find(({ prompt }) => prompt.includes(marker));
  return task === undefined ? [] : readLog(server.client, task.sessionId);
}

async function answersTo(marker: string): Promise<EventDataOf<"approval.answered">[]> {
  return (await eventsOf(marker)).flatMap((event) =>
    event.type === "approval.answered" ? [event.data] : [],
  );
}

async function untilAsked(marker: string): Promise<string> {
  return waitFor("the request", async () => {
    const events = await eventsOf(marker);
    return events.flatMap((event) => (event.type === "approval.requested" ? [event.data.approvalId] : []))[0];
  });
}

describe("A1: what was typed before the prompt was shown answers nothing", () => {
  it("neither a line nor the beginning of one", async () => {
    const marker = crypto.randomUUID();
    await using cli = terminal("run", `run: echo ${marker}`);
    // While the command starts and waits for the server: meant for another program, or for nobody.
    cli.type("ls -la\ny\na\nyes\nal");
    await cli.shows(PROMPT);
    expect(await answersTo(marker)).toEqual([]);
    cli.type("ways\r");
    await cli.shows("Type y to allow it once");
    await cli.shows(PROMPT);
    expect(await answersTo(marker)).toEqual([]);
    cli.type("n\r");
    await cli.shows("Denied by local");
    expect(await answersTo(marker)).toMatchObject([{ decision: "deny" }]);
    expect(await cli.ended()).toBe(0);
  });

  it("keys that are typed while the question comes keep the prompt away until they stop", async () => {
    /** @returns whether they were typed while it came: a busy machine may get to it when the prompt is there. */
    const isInTime = async (): Promise<boolean> => {
      const marker = crypto.randomUUID();
      await using cli = terminal("run", `run: echo ${marker}`);
      const without = await cli.shows("? bash");
      if (cli.screen.includes(PROMPT)) return false;
      cli.type("y");
      cli.type("\ry\r");
      if (performance.now() - without > QUIET_MS / 2) return false;
      await cli.shows(PROMPT);
      expect(await answersTo(marker)).toEqual([]);
      cli.type("y\r");
      await cli.shows("Allowed by local");
      expect(await cli.ended()).toBe(0);
      return true;
    };
    while (!(await isInTime()));
  });

  it("only a whole line does, and no paste", async () => {
    const marker = crypto.randomUUID();
    await using cli = terminal("run", `run: echo ${marker}`);
    for (const words of ["ls -la\r", "yes please\r", "\r", "\u001b[200~y\ny\u001b[201~\r"]) {
      await cli.shows(PROMPT);
      cli.type(words);
    }
    await cli.shows(PROMPT);
    expect(await answersTo(marker)).toEqual([]);
  });

  it("`always` takes a second answer that names its rule", async () => {
    const marker = crypto.randomUUID();
    await using cli = terminal("run", `run: echo ${marker}`);
    await cli.shows(PROMPT);
    cli.type("a\r");
    await cli.shows(
      `Always allow bash \`echo ${marker}\` in this session, without asking? Type yes to confirm: `,
    );
    cli.type("y\r");
    await cli.shows(PROMPT);
    expect(await answersTo(marker)).toEqual([]);
    cli.type("a\r");
    await cli.shows("Type yes to confirm: ");
    cli.type("yes\r");
    await cli.shows("Always allowed by local");
    expect(await answersTo(marker)).toMatchObject([{ decision: "always" }]);
    expect(await cli.ended()).toBe(0);
  });

  it("nor does a pipe", async () => {
    const marker = crypto.randomUUID();
    await using cli = new CliProcess(
      ["run", "-", `run: echo ${marker}`],
      { TRUNKLINE_DATA_DIR: server.dataDir },
      { input: "open" },
    );
    cli.write("y\ny\na\n");
    cli.endInput();
    await waitFor("the hint", () => cli.out.includes("--deny"));
    expect(await answersTo(marker)).toEqual([]);
  });

  it("nor does type-ahead delete a session", async () => {
    const { sessionId } = await server.client.task.submit.mutate({ prompt: "say: keep me" });
    await using cli = terminal("delete", sessionId);
    cli.type("y\ny\n");
    await cli.shows("[y/N] ");
    cli.type("\r");
    await cli.shows("Not deleted.");
    expect((await server.client.session.get.query({ sessionId })).session.id).toBe(sessionId);
  });
});

describe("F6: at an approval", () => {
  it("Ctrl-Z stops the command, and it asks again when it goes on", async () => {
    const marker = crypto.randomUUID();
    await using cli = terminal("run", `run: echo ${marker}`);
    await cli.shows(PROMPT);
    cli.type("\u001a");
    await cli.shows("[stopped]");
    await cli.shows(PROMPT);
    cli.type("y\r");
    await cli.shows("Allowed by local");
    expect(await cli.ended()).toBe(0);
  });

  it("Ctrl-C lets go, and the approval stays open", async () => {
    const marker = crypto.randomUUID();
    await using cli = terminal("run", `run: echo ${marker}`);
    await cli.shows(PROMPT);
    cli.type("\u0003");
    await cli.shows("Detached");
    expect(await cli.ended()).toBe(130);
    expect(await answersTo(marker)).toEqual([]);
  });

  it("an answer from somewhere else takes the prompt away, and shows what was typed", async () => {
    const marker = crypto.randomUUID();
    await using cli = terminal("run", `run: echo ${marker}`);
    await cli.shows(PROMPT);
    cli.type("half a sen");
    await cli.shows("half a sen");
    const approvalId = await untilAsked(marker);
    await server.client.approval.answer.mutate({ approvalId, decision: "deny", note: "use ls" });
    await cli.shows("Not sent: half a sen");
    await cli.shows('Denied by local: "use ls"');
    expect(await cli.ended()).toBe(0);
  });
});

it("A2: an approval shows what will run, line by line, with what is invisible as an escape", async () => {
  const marker = crypto.randomUUID();
  const { sessionId } = await server.client.task.submit.mutate({
    prompt: `write ${marker}.txt: one\\ntwo\\u202e`,
  });
  await using cli = terminal("attach", sessionId);
  await cli.shows("? write_file");
  await cli.shows("+ one\n");
  await cli.shows(PROMPT);
  cli.type("y\r");
  expect(await cli.ended()).toBe(0);
});

it("A4: a question takes an answer in words, pasted lines and all, and the history shows it", async () => {
  const marker = crypto.randomUUID();
  await using cli = terminal("run", `ask: Which database, ${marker}?`);
  await cli.shows(`? Which database, ${marker}?`);
  await cli.shows("Your answer: ");
  cli.type("\r");
  await cli.shows("Your answer: ");
  cli.type("\u001b[200~Postgres\nor SQLite\u001b[201~\r");
  await cli.shows('Answered by local: "Postgres or SQLite"');
  expect(JSON.stringify(await eventsOf(marker))).toContain(String.raw`Postgres\nor SQLite`);
  expect(await cli.ended()).toBe(0);
});
