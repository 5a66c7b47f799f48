import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import { assertLogHolds, FakeProvider, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** With a real server and provider: a model in a fork is sent what it was sent in the parent. */
describe("a fork", () => {
  let provider: FakeProvider;
  let server: ServerFixture;

  beforeEach(async () => {
    provider = await FakeProvider.start();
    server = await ServerFixture.start({ env: provider.serverEnv });
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  /** @returns the request bodies of the task's model calls. */
  async function run(prompt: string, sessionId?: string) {
    const first = provider.requests.length;
    const task = await server.client.task.submit.mutate({ prompt, sessionId });
    for await (const { type } of followTask(server.client, task)) {
      if (type === "task.failed") throw new Error(`'${prompt}' failed`);
    }
    return { ...task, bodies: provider.requests.slice(first).map(({ body }) => body) };
  }

  const write = (path: string, content: string) => `tool: write_file ${JSON.stringify({ path, content })}`;
  const workspaceOf = async (sessionId: string) =>
    (await server.client.session.get.query({ sessionId })).session.workspace;

  it("has its parent's context, its own files and its own way", async () => {
    const first = await run(
      `${write("shared.txt", "original")}\ntool: bash {"command":"echo from-the-tool"}\nthink: hm\nreply: First done.`,
    );
    const { sessionId } = first;
    const { lastSeq } = await server.client.session.get.query({ sessionId });
    const second = await run(`${write("shared.txt", "parent's")}\nreply: Second done.`, sessionId);

    const fork = await server.client.session.fork.mutate({ sessionId, atSeq: lastSeq });
    const inFork = await run(`${write("shared.txt", "parent's")}\nreply: Second done.`, fork.id);
    const [parentCall] = second.bodies;
    const [forkCall] = inFork.bodies;
    expect(JSON.stringify(forkCall)).toContain("from-the-tool");
    expect(forkCall).toEqual(parentCall);

    // From here on files and prompts diverge.
    const childOnly = await run(
      `${write("shared.txt", "fork's")}\n${write("own.txt", "x")}\nreply: Only the fork.`,
      fork.id,
    );
    const parentOnly = await run(
      'tool: bash {"command":"cat shared.txt"}\nreply: Only the parent.',
      sessionId,
    );
    expect(JSON.stringify(parentOnly.bodies)).not.toContain("Only the fork");
    expect(JSON.stringify(childOnly.bodies)).not.toContain("Only the parent");
    const [parentDir, forkDir] = [await workspaceOf(sessionId), await workspaceOf(fork.id)];
    expect(await readFile(join(parentDir, "shared.txt"), "utf8")).toBe("parent's");
    expect(await readFile(join(forkDir, "shared.txt"), "utf8")).toBe("fork's");
    expect(existsSync(join(parentDir, "own.txt"))).toBe(false);

    const { session, tasks } = await server.client.session.get.query({ sessionId: fork.id });
    expect(session).toMatchObject({ parentId: sessionId, forkedAtSeq: lastSeq });
    // Usage before the fork stays with the parent.
    expect(tasks.map(({ id }) => id)).toEqual([childOnly.taskId, inFork.taskId]);
    assertLogHolds(await readLog(server.client, sessionId));

    const grandchild = await server.client.session.fork.mutate({ sessionId: fork.id });
    const inGrandchild = await run("reply: three generations", grandchild.id);
    const messages = JSON.stringify(inGrandchild.bodies);
    for (const text of ["from-the-tool", "Only the fork", "fork's"]) expect(messages).toContain(text);
  });

  it("H13: taken before a web_fetch, is no less wary: its files are those that were written since", async () => {
    const { sessionId } = await run("reply: nothing read yet");
    const { lastSeq: atSeq } = await server.client.session.get.query({ sessionId });
    const clean = await server.client.session.fork.mutate({ sessionId, atSeq });
    await run('tool: web_fetch {"url":"http://nowhere.invalid/"}\nreply: read', sessionId);
    const tainted = await server.client.session.fork.mutate({ sessionId, atSeq });
    const grandchild = await server.client.session.fork.mutate({ sessionId: tainted.id, atSeq });

    const fetchIn = async (id: string) => {
      const prompt = 'tool: web_fetch {"url":"http://elsewhere.invalid/"}\nreply: done';
      const { taskId } = await server.client.task.submit.mutate({ prompt, sessionId: id });
      return waitFor("the task to end or ask", async () => {
        const { state } = await server.client.task.get.query({ taskId });
        return state === "completed" || state === "input-required" ? state : undefined;
      });
    };
    expect(await fetchIn(clean.id)).toBe("completed");
    expect(await fetchIn(tainted.id)).toBe("input-required");
    expect(await fetchIn(grandchild.id)).toBe("input-required");
  });

  it("taken in the middle of an answer and of a tool call has both closed, while the parent goes on", async () => {
    const gate = Promise.withResolvers<void>();
    provider.enqueue(
      say.reply(
        say.text("Let me look. "),
        say.toolCall("bash", { command: "while ! test -e go; do :; done; echo looked" }),
      ),
      say.reply(say.text("I have found ", "half of "), say.until(gate.promise), say.text("it.")),
    );
    const { client } = server;
    const { sessionId, taskId } = await client.task.submit.mutate({ prompt: "look" });
    const has = async (type: string) =>
      (await readLog(client, sessionId)).some((event) => event.type === type);
    await waitFor("the tool to run", async () => has("tool.called"));
    const midCall = await client.session.fork.mutate({ sessionId });
    await writeFile(join(await workspaceOf(sessionId), "go"), "");
    await waitFor("the answer to begin", async () => {
      const log = await readLog(client, sessionId);
      return log.some((event) => event.type === "text.delta" && event.data.text.includes("half of"));
    });
    const midBlock = await client.session.fork.mutate({ sessionId });
    expect((await client.task.get.query({ taskId })).state).toBe("working");

    const afterCall = await run("reply: went on", midCall.id);
    expect(toolAnswers(afterCall.bodies[0])).toHaveLength(1);
    expect(toolAnswers(afterCall.bodies[0])[0]).toMatch(/interrupted/i);
    const afterBlock = await run("reply: went on", midBlock.id);
    expect(toolAnswers(afterBlock.bodies[0])).toEqual([expect.stringContaining("looked")]);
    expect(JSON.stringify(afterBlock.bodies[0])).toContain("I have found half of");
    for (const fork of [midCall, midBlock]) {
      const log = await readLog(client, fork.id);
      expect(log.filter(({ type }) => type === "text.delta" || type === "tool.progress")).toEqual([]);
    }

    gate.resolve();
    await waitFor(
      "the parent's end",
      async () => (await client.task.get.query({ taskId })).state === "completed",
    );
    const log = await readLog(client, sessionId);
    assertLogHolds(log);
    expect(log.findLast(({ type }) => type === "text.ended")).toMatchObject({
      data: { text: "I have found half of it." },
    });
  });
});

/** @returns the tool results sent to the model; each call must have one. */
function toolAnswers(body: unknown): string[] {
  const { messages } = body as {
    messages: { role: string; content: unknown; tool_calls?: { id: string }[]; tool_call_id?: string }[];
  };
  const answers = messages.filter(({ role }) => role === "tool");
  const calls = messages.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id));
  expect(answers.map(({ tool_call_id }) => tool_call_id)).toEqual(calls);
  return answers.map(({ content }) => JSON.stringify(content));
}
