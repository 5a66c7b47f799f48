import { mkdtempDisposable } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeProvider, say, scriptedAgentCommand, scriptedAgentShown, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AgentServer, eventsOf } from "./testing/agent-server.ts";

const AGENT = { command: scriptedAgentCommand, shown: scriptedAgentShown };
let provider: FakeProvider;
let server: AgentServer;

beforeAll(async () => {
  provider = await FakeProvider.start();
  const env = {
    OPENAI_BASE_URL: "{provider}/v1",
    OPENAI_API_KEY: "none",
  };
  server = await AgentServer.start(
    await mkdtempDisposable(join(tmpdir(), "trunkline-acp-")),
    {
      scripted: { ...AGENT, provider: "openai-compatible", env },
      forgetful: { ...AGENT, env: { FORGETFUL: "1" } },
      chronicler: { ...AGENT, env: { PAST: "3000" } },
      late: { ...AGENT, env: { LATE: "1" } },
      broken: { ...AGENT, env: { BROKEN_MEMORY: "1" } },
      absent: { command: ["no-such-agent"] },
    },
    { env: { ...provider.serverEnv, OPENAI_API_KEY: "sk-canary-5417" } },
  );
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const run = async (
  prompt: string,
  more: { agent?: string; sessionId?: string; budget?: { tokens: number } } = {},
) => server.submit({ prompt, agent: "acp:scripted", ...more });

it("tells what an agent does as events of ours, and its model calls go out with a key that it never sees", async () => {
  provider.enqueue(
    say.reply(say.text("from the model"), say.usage({ promptTokens: 70, completionTokens: 7 })),
  );
  const task = await run(
    "think: hm\nsay: First.\nplan: look, write\nwrite: a.txt one\nmodel: hello\nenv: OPENAI_API_KEY\nclient-write: b.txt two\nclient-read: b.txt",
  );
  const log = await server.endOf(task);
  expect(eventsOf(log, "reasoning.ended").map(({ text }) => text)).toEqual(["hm"]);
  expect(eventsOf(log, "plan.updated")[0]?.items).toHaveLength(2);
  expect(eventsOf(log, "tool.called")[0]).toMatchObject({
    title: "Write a.txt",
    locations: [{ path: "a.txt" }],
  });
  expect(eventsOf(log, "tool.ended").map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
  expect(eventsOf(log, "tool.ended")[0]?.content).toEqual([
    {
      type: "diff",
      path: "a.txt",
      diff: "--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1 @@\n+one\n\\ No newline at end of file\n",
    },
  ]);
  expect(eventsOf(log, "file.changed").map(({ path, change }) => [path, change])).toEqual([
    ["a.txt", "created"],
    ["b.txt", "created"],
  ]);
  const steps = eventsOf(log, "step.ended");
  expect(steps.map(({ usage }) => usage.inputTokens + usage.outputTokens).reduce((a, b) => a + b)).toBe(77);
  expect(steps.at(-1)?.model).toBe("openai-compatible:fake");
  expect(eventsOf(log, "task.completed")[0]?.result).toContain("two");
  expect(JSON.stringify(log)).toContain("OPENAI_API_KEY=none");
  expect(provider.requests.at(-1)?.headers.authorization).toBe("Bearer sk-canary-5417");
  expect(await server.file(task, "b.txt")).toBe("two");
  expect(await server.agentProcesses()).toEqual([]);

  // The next task finds the agent with its memory of the first.
  const next = await run("remember", { sessionId: task.sessionId });
  expect(eventsOf(await server.endOf(next), "task.completed").at(-1)?.result).toContain("think: hm");
});

it("what an agent tells of the past after it has answered is no work of the new task", async () => {
  const first = await run("say: one", { agent: "acp:late" });
  await server.endOf(first);
  for (const text of ["two", "three"]) {
    // Long enough for it to be told meanwhile.
    const prompt = `terminal: sleep 0.5\nsay: ${text}`;
    const next = await run(prompt, { agent: "acp:late", sessionId: first.sessionId });
    const log = await server.endOf(next);
    expect(eventsOf(log, "task.completed").at(-1)?.result).toContain(text);
    expect(JSON.stringify(log)).not.toContain("OLD");
  }
});

it("an agent that tells of a long past goes on with its own session", async () => {
  const first = await run("say: one", { agent: "acp:chronicler" });
  await server.endOf(first);
  const next = await run("remember", { agent: "acp:chronicler", sessionId: first.sessionId });
  const log = await server.endOf(next);
  expect(eventsOf(log, "task.completed").at(-1)?.result).toContain("say: one");
  expect(JSON.stringify(log)).not.toContain("OLD");
});

it("an agent whose own session is broken is told ours anew, and the user reads of it", async () => {
  const first = await run("say: one", { agent: "acp:broken" });
  await server.endOf(first);
  const next = await run("say: two", { agent: "acp:broken", sessionId: first.sessionId });
  const log = await server.endOf(next);
  expect(eventsOf(log, "task.completed").at(-1)?.result).toContain("two");
  expect(JSON.stringify(log)).toContain("could not go on with its own session");
  // What fails in a session that is new has another reason.
  const failing = await run("fail: no", { agent: "acp:broken" });
  const failed = await server.endOf(failing, "task.failed");
  expect(JSON.stringify(failed)).not.toContain("could not go on with its own session");
});

it("a permission is an approval: allowed with the process alive, denied with a note, always for the very same", async () => {
  const task = await run("ask: a.txt one\nrun: echo ran > b.txt\nsay: End.");
  const asked = await server.answer(task, "allow");
  expect(asked).toMatchObject({
    input: { path: "a.txt" },
    reason: "scripted asks for permission",
  });
  await server.asked(task, asked);
  await server.answer(task, "deny", "not that");
  const log = await server.endOf(task);
  expect(eventsOf(log, "tool.ended").map(({ status }) => status)).toEqual(["succeeded", "denied"]);
  expect(await server.file(task, "b.txt")).toBeNull();
  // One process, in three attempts: the note was its next prompt.
  expect(eventsOf(log, "task.resumed")).toHaveLength(2);
  const { sessionId } = task;
  const memory = eventsOf(await server.endOf(await run("remember", { sessionId })), "task.completed").at(-1);
  expect(memory?.result).toContain("not that");

  const first = await run("run: true", { sessionId });
  await server.answer(first, "always");
  await server.endOf(first);
  await server.endOf(await run("run: true", { sessionId }));
  const other = await run("run: true; false", { sessionId });
  await server.asked(other);
  await server.client.task.cancel.mutate({ taskId: other.taskId });
  await waitFor("its process to end", async () => (await server.agentProcesses()).length === 0);
});

it("a call that asks after it was seen running, or dies, or fails, is told right", async () => {
  const held = await run("hold: echo late");
  await server.answer(held, "allow");
  const log = await server.endOf(held);
  expect(eventsOf(log, "tool.ended").map(({ status }) => status)).toEqual(["interrupted", "succeeded"]);
  expect(eventsOf(log, "tool.ended")[1]).toMatchObject({ output: "late\n", exitCode: 0 });

  for (const [prompt, words] of [
    ["die", "scripted ended by SIGKILL"],
    ["fail: no luck", "scripted failed: no luck"],
  ] as const) {
    const failed = eventsOf(await server.endOf(await run(prompt), "task.failed"), "task.failed")[0];
    expect(failed?.error).toMatchObject({ code: "agent_failed", retryable: true });
    expect(failed?.error.message).toContain(words);
  }
});

it("cancel ends everything that the agent has started", async () => {
  const task = await run("spawn: 700\nsay: working\nstall");
  await server.until(task, "text.delta");
  expect((await server.agentProcesses()).length).toBeGreaterThan(0);
  await server.client.task.cancel.mutate({ taskId: task.taskId });
  await server.endOf(task, "task.canceled");
  expect(await server.agentProcesses()).toEqual([]);
});

it("a command that the server runs for an agent", async () => {
  const task = await run("terminal: echo from the terminal; exit 3");
  const log = await server.endOf(task);
  expect(eventsOf(log, "task.completed")[0]?.result).toBe("from the terminal (3)");
  expect(eventsOf(log, "tool.called")[0]).toMatchObject({ tool: "bash", kind: "execute" });
});

it("kill -9 while it waits: what is then allowed is done by another process, once and unasked", async () => {
  const tasks = [
    await run("ask: a.txt one\nsay: End."),
    await run("ask: a.txt two", { agent: "acp:forgetful" }),
  ];
  for (const task of tasks) await server.asked(task);
  await server.fixture.kill();
  await server.fixture.restart();
  expect(await server.agentProcesses()).toEqual([]);
  for (const task of tasks) {
    await server.answer(task, "allow");
    const log = await server.endOf(task);
    expect(eventsOf(log, "approval.requested")).toHaveLength(1);
    expect(eventsOf(log, "tool.ended")[0]?.status).toBe("interrupted");
  }
  // Whether it remembers or was told the conversation: it follows the lines of the task again.
  expect(await server.file(tasks[0]!, "a.txt")).toBe("one");
  expect(await server.file(tasks[1]!, "a.txt")).toBe("two");
});

it("kill -9 before its first step has ended: it is told the task again", async () => {
  const before = provider.respond;
  const asked = Promise.withResolvers<void>();
  provider.respond = () => {
    asked.resolve();
    return say.reply(say.stall());
  };
  const task = await run("model: hello");
  await asked.promise;
  provider.respond = () => say.reply(say.text("from the model"));
  await server.fixture.kill();
  await server.fixture.restart();
  const log = await server.endOf(task);
  expect(eventsOf(log, "task.completed")[0]?.result).toContain("from the model");
  provider.respond = before;
});

it("a budget that is used up refuses the next model call and ends the task, which keeps what it used", async () => {
  const use = say.usage({ promptTokens: 70, completionTokens: 7 });
  const before = provider.respond;
  provider.respond = () => say.reply(say.text("more"), use);
  const models = "model: one\nmodel: two\nmodel: three\nmodel: four";
  const own = await run(models, { budget: { tokens: 100 } });
  const log = await server.endOf(own, "task.failed");
  expect(eventsOf(log, "budget.exceeded")).toMatchObject([{ budget: "tokens", limit: 100, spent: 154 }]);
  expect(eventsOf(log, "budget.warned")).toEqual([]);
  expect(await server.client.task.get.query({ taskId: own.taskId })).toMatchObject({
    reason: "budget",
    errorCode: "budget_exceeded",
    usage: { inputTokens: 140, outputTokens: 14 },
  });

  // A budget of the session counts for it, too.
  const { id: sessionId } = await server.client.session.create.mutate({});
  const limit = { scope: "session", id: sessionId, total: { tokens: 100 } } as const;
  await server.client.budget.set.mutate(limit);
  await server.endOf(await run(models, { sessionId }), "task.failed");
  const never = await run(models, { sessionId });
  const failed = eventsOf(await server.endOf(never, "task.failed"), "task.failed").at(-1);
  expect(failed?.error.message).toContain("the session's budget");
  provider.respond = before;
  expect(await server.agentProcesses()).toEqual([]);
});

it("what an agent with a provider of its own reports counts once its turn is over", async () => {
  const first = await run("say: x", { agent: "acp:forgetful" });
  await server.endOf(first);
  const { sessionId } = first;
  expect((await server.client.task.get.query({ taskId: first.taskId })).usage).toMatchObject({
    inputTokens: 10,
    outputTokens: 5,
  });
  await server.client.budget.set.mutate({ scope: "session", id: sessionId, total: { tokens: 15 } });
  const next = await run("say: y", { agent: "acp:forgetful", sessionId });
  const failed = eventsOf(await server.endOf(next, "task.failed"), "task.failed").at(-1);
  expect(failed?.error).toMatchObject({ code: "budget_exceeded" });
});

it("an agent that is not installed says so, and its list says what each needs", async () => {
  const failed = eventsOf(
    await server.endOf(await run("x", { agent: "acp:absent" }), "task.failed"),
    "task.failed",
  )[0];
  expect(failed?.error.message).toContain(
    "there is no 'no-such-agent'. Install it, or correct agents.absent.command",
  );
  const { agents } = await server.client.agent.list.query();
  const needs = Object.fromEntries(agents.map((agent) => [agent.name, agent.needs]));
  expect(needs).toMatchObject({ default: null, "acp:scripted": null });
  expect(needs["acp:absent"]).toContain("not installed");
  expect(Object.keys(needs)).toContain("acp:claude-code");
  expect(needs["acp:codex"]).not.toBeNull();
});

it("a session that is deleted takes its agents' memory along", async () => {
  const task = await run("say: x");
  await server.endOf(task);
  const directory = join(server.fixture.dataDir, "agents", task.sessionId);
  expect(existsSync(directory)).toBe(true);
  await server.client.session.delete.mutate({ sessionId: task.sessionId, discardWork: true });
  expect(existsSync(directory)).toBe(false);
});
