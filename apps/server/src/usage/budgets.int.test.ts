import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import { contentText, FakeProvider, readLog, say, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** Of a step with 1,000 input and 500 output tokens. */
const STEP_USD = 0.02;

const CONFIG = {
  prices: { "openai-compatible:*": { inputUsdPerMillion: 5, outputUsdPerMillion: 30 } },
  budgets: { server: { month: { steps: 100_000 } } },
};

/** Whole servers, whose model never stops by itself. */
describe("budgets", () => {
  let provider: FakeProvider;
  let server: ServerFixture;
  let directory: string;

  beforeAll(async () => {
    provider = await FakeProvider.start({
      respond: ({ messages }, call) => {
        const usage = say.usage({ promptTokens: 1_000, completionTokens: 500 });
        const begins = !messages.some(({ role }) => role === "tool");
        if (!begins || !messages.some(({ content }) => contentText(content) === "two at once")) {
          return say.reply(say.toolCall("list_files", { path: `.`, n: call }), usage);
        }
        // Subagents that only read run beside each other.
        const subagent = (name: string) =>
          say.toolCall("subagent", { title: name, prompt: `look at ${name}` });
        return say.reply(subagent("one"), subagent("two"), usage);
      },
    });
    directory = await mkdtemp(join(tmpdir(), "trunkline-budgets-"));
    const file = join(directory, "trunkline.config.json");
    await writeFile(file, JSON.stringify(CONFIG));
    const env = { ...provider.serverEnv, TRUNKLINE_CONFIG_FILE: file, TRUNKLINE_CONCURRENCY: "20" };
    server = await ServerFixture.start({ env });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  async function run(input: Parameters<typeof server.client.task.submit.mutate>[0]) {
    const submitted = await server.client.task.submit.mutate(input);
    for await (const _event of followTask(server.client, submitted));
    return server.client.task.get.query({ taskId: submitted.taskId });
  }

  it("in money ends the task within one step, says so at 80 %, and a larger one lets it be retried", async () => {
    const task = await run({ prompt: "go", budget: { costUsd: 0.05 } });
    expect(task).toMatchObject({
      state: "failed",
      reason: "budget",
      errorCode: "budget_exceeded",
      errorMessage: expect.stringContaining("$0.05") as string,
    });
    expect(task.usage?.costUsd).toBeCloseTo(3 * STEP_USD, 9);
    expect(task.usage?.priceSource).toBe("operator");
    const log = await readLog(server.client, task.sessionId);
    expect(log.filter(({ type }) => type === "budget.warned")).toMatchObject([
      { taskId: task.id, data: { budget: "cost", limit: 0.05 } },
    ]);
    // Nobody shares it, and what is shared is far from used up: nothing is reserved.
    expect(log.some(({ type }) => type === "budget.reserved")).toBe(false);
    const retried = await server.client.task.retry.mutate({ taskId: task.id, budget: { costUsd: 0.09 } });
    for await (const _event of followTask(server.client, { sessionId: task.sessionId, taskId: retried.id }));
    const again = await server.client.task.get.query({ taskId: retried.id });
    expect(again.usage?.costUsd).toBeCloseTo(5 * STEP_USD, 9);
  });

  it("in money is shared with two subagents in parallel: all end within one step of it", async () => {
    const task = await run({ prompt: "two at once", budget: { costUsd: 0.05 } });
    expect(task).toMatchObject({ state: "failed", reason: "budget", errorCode: "budget_exceeded" });
    const log = await readLog(server.client, task.sessionId);
    const children = log.flatMap((event) => (event.type === "subagent.started" ? [event.data] : []));
    expect(children).toHaveLength(2);
    const ended = log.filter(({ type }) => type === "subagent.ended");
    expect(ended).toHaveLength(2);
    // Both were at work before the first ended.
    expect(log.indexOf(ended[0]!)).toBeGreaterThan(
      log.findLastIndex(({ type }) => type === "subagent.started"),
    );
    const ends = await Promise.all(
      children.map(async ({ taskId }) => server.client.task.get.query({ taskId })),
    );
    for (const child of ends) expect(child.endedAt).not.toBeNull();
    const logs = await Promise.all(children.map(async ({ sessionId }) => readLog(server.client, sessionId)));
    const steps = [log, ...logs].flat().filter(({ type }) => type === "step.ended");
    expect(steps.length).toBe(3);
  });

  it("of a month holds over 20 parallel tasks", async () => {
    const me = await server.client.user.me.query();
    const before = await server.client.budget.get.query({ scope: "user" });
    expect(before).toMatchObject({ scope: "user", id: me.userId, month: {}, total: {} });
    const limit = before.spent.month.costUsd + 0.7;
    await server.client.budget.set.mutate({ scope: "user", month: { costUsd: limit } });
    const tasks = await Promise.all(Array.from({ length: 20 }, async () => run({ prompt: "go" })));
    for (const { reason, errorMessage } of tasks) {
      expect(reason).toBe("budget");
      expect(errorMessage).toContain("this month's budget of the user");
    }
    const { spent } = await server.client.budget.get.query({ scope: "user" });
    expect(spent.month.costUsd).toBeGreaterThanOrEqual(limit);
    // As if they had run one after the other.
    expect(spent.month.costUsd).toBeLessThan(limit + STEP_USD + 1e-9);
    const logs = await Promise.all(tasks.map(async ({ sessionId }) => readLog(server.client, sessionId)));
    expect(logs.flat().filter(({ type }) => type === "budget.warned")).toHaveLength(1);
    await server.client.budget.set.mutate({ scope: "user", month: {} });
  });

  it("of a session counts all of its tasks, and usage is told by day, session and model", async () => {
    const { id: sessionId } = await server.client.session.create.mutate({ title: "Counted" });
    await server.client.budget.set.mutate({ scope: "session", id: sessionId, total: { steps: 3 } });
    expect((await run({ prompt: "go", sessionId, budget: { steps: 2 } })).usage?.outputTokens).toBe(1_000);
    expect((await run({ prompt: "go", sessionId })).usage?.outputTokens).toBe(500);
    const never = await run({ prompt: "go", sessionId });
    expect(never).toMatchObject({ reason: "budget", usage: null });
    expect(never.errorMessage).toContain("All of the session's budget is used: 3 of 3 steps");

    const row = { steps: 3, inputTokens: 3_000, outputTokens: 1_500, unpricedSteps: 0 };
    const by = async (what: "day" | "model" | "user" | "project", more = {}) =>
      (await server.client.usage.query.query({ by: what, sessionId, ...more })).items;
    const day = new Date().toISOString().slice(0, 10);
    expect(await by("day")).toMatchObject([{ key: day, ...row }]);
    expect(await by("model")).toMatchObject([{ key: "openai-compatible:fake", ...row }]);
    expect(await by("user")).toMatchObject([{ label: "local", ...row }]);
    expect(await by("project")).toMatchObject([{ key: null, label: null, ...row }]);
    const all = await server.client.usage.query.query({ by: "session", limit: 1, everybody: true });
    expect(all.items).toHaveLength(1);
    expect(all.omitted).toBeGreaterThan(0);
    const counted = await server.client.usage.query.query({ by: "session", limit: 1_000 });
    expect(counted.items.find(({ key }) => key === sessionId)).toMatchObject({ label: "Counted", ...row });
    expect(counted.total).toEqual(all.total);
  });

  it("refuses money where the price is unknown, and what makes no sense", async () => {
    const demo = await run({ prompt: "say: x", model: "demo", budget: { costUsd: 0.01 } });
    expect(demo).toMatchObject({ state: "completed", usage: { costUsd: 0, priceSource: "demo" } });
    const refused = { data: { reason: "validation_failed" } };
    const { budget, usage } = server.client;
    await expect(budget.get.query({ scope: "session" })).rejects.toMatchObject(refused);
    await expect(budget.set.mutate({ scope: "user", month: { costUsd: 0 } })).rejects.toMatchObject(refused);
    await expect(usage.query.query({ by: "day", from: 2, to: 1 })).rejects.toMatchObject(refused);
    expect((await budget.get.query({ scope: "server" })).operator).toEqual({
      total: {},
      month: { steps: 100_000 },
    });
  });
});
