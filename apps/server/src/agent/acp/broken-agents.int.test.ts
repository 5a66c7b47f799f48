import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AgentServer, eventsOf } from "./testing/agent-server.ts";

const BROKEN = fileURLToPath(new URL("testing/broken-agent.ts", import.meta.url));
const SHOWN = [fileURLToPath(new URL("testing", import.meta.url))];

let server: AgentServer;

beforeAll(async () => {
  server = await AgentServer.start(await mkdtempDisposable(join(tmpdir(), "trunkline-acp-")), {
    broken: { command: [process.execPath, BROKEN], shown: SHOWN },
    mute: { command: [process.execPath, BROKEN], shown: SHOWN, env: { BROKEN: "initialize" } },
    nameless: { command: [process.execPath, BROKEN], shown: SHOWN, env: { BROKEN: "session" } },
  });
});
afterAll(async () => server[Symbol.asyncDispose]());

const run = async (prompt: string) => server.submit({ prompt, agent: "acp:broken" });

it.each(["endless", "long"])(
  "a message that is too long (%s) ends its task, and nothing else",
  async (prompt) => {
    const { pid } = server.fixture;
    const log = await server.endOf(await run(prompt), "task.failed");
    expect(eventsOf(log, "task.failed")[0]?.error).toMatchObject({ code: "agent_failed" });
    expect(eventsOf(log, "task.failed")[0]?.error?.message).toMatch(/can't be understood|size|bytes|limit/i);
    expect(server.fixture.pid).toBe(pid);
    expect(server.fixture.isRunning).toBe(true);
    const next = await server.endOf(await run("hello"));
    expect(eventsOf(next, "text.ended").map(({ text }) => text)).toEqual(["ok"]);
  },
);

it.each([
  ["calls", /more tool calls without an end/],
  ["values", /too many values/],
])("an agent that tells too much (%s) fails its task and is ended", async (prompt, why) => {
  const log = await server.endOf(await run(prompt), "task.failed");
  expect(eventsOf(log, "task.failed")[0]?.error).toMatchObject({
    code: "agent_failed",
    message: expect.stringMatching(why),
  });
  expect(await server.agentProcesses()).toEqual([]);
});

it("tells and asks for its own session alone", async () => {
  const task = await run("another session");
  const log = await server.endOf(task);
  expect(
    eventsOf(log, "text.ended")
      .map(({ text }) => text)
      .join(""),
  ).toBe("MINE refused refused refused");
  expect(eventsOf(log, "approval.requested")).toEqual([]);
  expect(await server.file(task, "theirs.txt")).toBeNull();
});

it.each(["nothing", "no reason"])("a turn that ends with %s has failed", async (prompt) => {
  const log = await server.endOf(await run(prompt), "task.failed");
  expect(eventsOf(log, "task.failed")[0]?.error).toMatchObject({
    code: "agent_failed",
    message: expect.stringContaining("ended its turn without saying why"),
  });
});

it("a turn that ends for a reason of its own says so", async () => {
  const log = await server.endOf(await run("bored"));
  expect(eventsOf(log, "notice").map(({ message }) => message)).toEqual([
    expect.stringContaining("stopped early: bored"),
  ]);
});

it("takes no numbers for usage that nobody can add up", async () => {
  const log = await server.endOf(await run("usage"));
  for (const { usage } of eventsOf(log, "step.ended")) {
    expect(Number.isSafeInteger(usage.inputTokens) && usage.outputTokens === 0).toBe(true);
  }
  expect(await server.client.usage.query.query({ by: "day" })).toBeDefined();
});

it.each([
  ["mute", "it has not said which version of the protocol it speaks"],
  ["nameless", "it opened a session without an id"],
])("one that starts badly (%s) says how", async (agent, message) => {
  const task = await server.submit({ prompt: "hello", agent: `acp:${agent}` });
  const log = await server.endOf(task, "task.failed");
  expect(eventsOf(log, "task.failed")[0]?.error?.message).toBe(`${agent} failed: ${message}`);
});
