import { existsSync } from "node:fs";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import { FakeProvider, readLog, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const WRITE = `tool: write_file ${JSON.stringify({ path: "a.txt", content: "x" })}\nreply: Done.`;

describe("the choice of an agent", () => {
  let provider: FakeProvider;
  let server: ServerFixture;

  beforeAll(async () => {
    provider = await FakeProvider.start();
    server = await ServerFixture.start({ env: { ...provider.serverEnv, TRUNKLINE_APPROVALS: "never" } });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  /** @returns the tools that the model was offered, the system prompt, and whether the file was written. */
  async function run(input: { sessionId?: string; agent?: string; prompt?: string }) {
    const first = provider.requests.length;
    const submitted = await server.client.task.submit.mutate({ prompt: WRITE, ...input });
    for await (const _event of followTask(server.client, submitted));
    const body = provider.requests[first]?.body as {
      tools: { function: { name: string } }[];
      messages: { content: string }[];
    };
    const { session } = await server.client.session.get.query({ sessionId: submitted.sessionId });
    return {
      session,
      task: await server.client.task.get.query({ taskId: submitted.taskId }),
      offered: body.tools.map((tool) => tool.function.name),
      system: body.messages[0]?.content ?? "",
      wrote: existsSync(join(session.workspace, "a.txt")),
    };
  }

  it("holds for the task, the session of a new one, and what its tasks start with later", async () => {
    const looking = await run({ agent: "read-only" });
    expect(looking).toMatchObject({
      session: { agent: "read-only" },
      task: { agent: "read-only" },
      wrote: false,
    });
    expect(looking.offered).toContain("read_file");
    expect(looking.offered).not.toContain("bash");
    expect(looking.system).toContain("you can look, but change nothing");
    const log = await readLog(server.client, looking.session.id);
    // The model called it all the same: what is not offered is not run.
    expect(log.find(({ type }) => type === "tool.ended")?.data).toMatchObject({ status: "failed" });

    const sessionId = looking.session.id;
    await server.client.session.update.mutate({ sessionId, agent: "default" });
    const working = await run({ sessionId });
    expect(working).toMatchObject({ session: { agent: "default" }, task: { agent: null }, wrote: true });
    expect(working.offered).toContain("bash");
    expect(working.system).not.toContain("change nothing");

    const once = await run({
      sessionId,
      agent: "plan",
      prompt: `tool: grep {"pattern":"x"}\ntool: plan {"items":[{"text":"one","status":"active"}]}\nreply: ok`,
    });
    expect(once).toMatchObject({ session: { agent: "default" }, task: { agent: "plan" } });
    expect(once.system).toContain("You plan");
    const events = (await readLog(server.client, sessionId)).filter(({ taskId }) => taskId === once.task.id);
    const grep = events.find(({ type }) => type === "tool.ended");
    expect(grep?.data).toMatchObject({ status: "succeeded", output: "a.txt\n1:x" });
    const plan = { items: [{ text: "one", status: "active" }] };
    expect(events.find(({ type }) => type === "plan.updated")?.data).toEqual(plan);
    const again = await server.client.task.retry.mutate({ taskId: once.task.id });
    expect(again.agent).toBe("plan");
  });

  it("is listed with its tools, of a fork the parent's, and refused where there is no such agent", async () => {
    const { agents } = await server.client.agent.list.query();
    expect(agents.slice(0, 3).map(({ name }) => name)).toEqual(["default", "read-only", "plan"]);
    expect(agents[1]?.tools).not.toContain("write_file");
    const parent = await server.client.session.create.mutate({ agent: "plan" });
    expect(await server.client.session.fork.mutate({ sessionId: parent.id })).toMatchObject({
      agent: "plan",
    });
    const unknown = {
      data: { reason: "agent_unknown" },
      message: expect.stringContaining("read-only") as string,
    };
    const { session, task } = server.client;
    await expect(session.create.mutate({ agent: "x" })).rejects.toMatchObject(unknown);
    await expect(session.update.mutate({ sessionId: parent.id, agent: "x" })).rejects.toMatchObject(unknown);
    await expect(task.submit.mutate({ prompt: "p", agent: "x" })).rejects.toMatchObject(unknown);
  });
});
