import type { AnswerQuestionInput } from "@trunkline/contract";
import { assertLogHolds, readLog, say, type ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EverythingBench } from "./testing/everything-bench.ts";

let bench: EverythingBench;
let server: ServerFixture;

beforeAll(async () => {
  bench = await EverythingBench.start();
  ({ server } = bench);
});
afterAll(async () => bench[Symbol.asyncDispose]());

describe("what a server asks the user in the middle of a call", () => {
  const call = ["everything__trigger-elicitation-request", {}] as const;
  const answer = async (questionId: string, given: AnswerQuestionInput["answer"]) =>
    server.client.question.answer.mutate({ questionId, answer: given });

  it("is a form that its task waits for; values that do not fit are refused, and it goes on with those that do", async () => {
    const { results, log } = await bench.run([call], {
      async onQuestion({ questionId, text, form }, { taskId }) {
        expect(text).toBe("The MCP server everything asks: Please provide inputs for the following fields:");
        expect(form).toMatchObject({ server: "everything" });
        expect(form?.fields.map(({ type }) => type)).toEqual([
          "text",
          "boolean",
          "text",
          "text",
          "text",
          "text",
          "integer",
          "number",
          "choice",
          "choice",
          "choice",
          "choice",
          "choice",
        ]);
        await waitFor("the task to wait", async () => {
          const { state, reason } = await server.client.task.get.query({ taskId });
          return state === "input-required" && reason === "question";
        });
        const { items } = await server.client.question.list.query({});
        expect(items).toMatchObject([{ id: questionId, form }]);
        await expect(answer(questionId, { values: { name: "Ada", integer: 101 } })).rejects.toMatchObject({
          reason: "validation_failed",
          message: expect.stringContaining("'integer' must be at most 100"),
        });
        await expect(answer(questionId, { values: {} })).rejects.toMatchObject({
          message: expect.stringContaining("'name' is required"),
        });
        await expect(answer(questionId, { text: "Ada" })).rejects.toMatchObject({
          reason: "validation_failed",
        });
        const values = { name: "Ada", check: true, integer: 7, titledMultipleSelectEnum: ["fish-2"] };
        await answer(questionId, { values });
      },
    });
    expect(results).toMatchObject([{ status: "succeeded" }]);
    expect(results[0]?.output).toMatch(/Name: Ada[^]*Favorite Integer: 7[^]*"action": "accept"[^]*fish-2/);
    const order = log.flatMap(({ type }) => (/^(?:tool|question|task)\./.test(type) ? [type] : []));
    expect(order.slice(-7)).toEqual([
      "tool.called",
      "question.asked",
      "task.input-required",
      "question.answered",
      "task.resumed",
      "tool.ended",
      "task.completed",
    ]);
  });

  it("over HTTP too: declined, and pages to open, before the call and during it", async () => {
    const added = await server.client.mcp.add.mutate({
      name: "remote",
      transport: { kind: "http", url: bench.http.url },
    });
    const pages: (string | undefined)[] = [];
    const { results } = await bench.run(
      [
        ["remote__trigger-elicitation-request", {}],
        ["remote__trigger-url-elicitation", { url: "https://example.com/pay?id=1", errorPath: true }],
        ["remote__trigger-url-elicitation", { url: "javascript:alert(1)" }],
      ],
      {
        async onQuestion({ questionId, form }) {
          pages.push(form?.url);
          await answer(questionId, form?.url === undefined ? { declined: true } : { values: {} });
        },
      },
    );
    expect(pages).toEqual([undefined, "https://modelcontextprotocol.io/", "https://example.com/pay?id=1"]);
    expect(results[0]?.output).toContain('"action": "decline"');
    expect(results[1]?.output).toContain("User completed the URL elicitation flow");
    expect(results[2]).toMatchObject({ output: expect.stringContaining("has to be that of a page") });
    await server.client.mcp.remove.mutate({ serverId: added.id });
  });

  it("is asked in the session that it is about, with several calls of one user at once", async () => {
    const names = ["Ada", "Grace", "Edsger"];
    const runs = await Promise.all(
      names.map(async (name) => {
        bench.provider.enqueue(say.reply(say.toolCall(...call)));
        return { name, ...(await server.client.task.submit.mutate({ prompt: name })) };
      }),
    );
    bench.provider.enqueue(...names.map(() => say.reply(say.text("Done."))));
    await Promise.all(runs.map(async ({ sessionId }) => bench.allow(sessionId)));
    // All wait at once, each with a question of its own.
    const questions = await Promise.all(runs.map(async ({ sessionId }) => bench.questionOf(sessionId)));
    await Promise.all(
      runs.map(async ({ name }, index) => answer(questions[index]?.id ?? "", { values: { name } })),
    );
    for (const { name, taskId, sessionId } of runs) {
      await bench.completed(taskId);
      const log = await readLog(server.client, sessionId);
      assertLogHolds(log);
      const [ended] = log.flatMap((event) => (event.type === "tool.ended" ? [event.data] : []));
      expect(ended).toMatchObject({ status: "succeeded" });
      expect(ended?.output).toContain(`Name: ${name}`);
    }
  });

  it("is asked no longer when the server has died, and when its task is canceled", async () => {
    bench.provider.enqueue(say.reply(say.toolCall(...call)));
    const { taskId, sessionId } = await server.client.task.submit.mutate({ prompt: "go" });
    await bench.allow(sessionId);
    await bench.questionOf(sessionId);
    await server.client.task.cancel.mutate({ taskId });
    const canceled = await readLog(server.client, sessionId);
    assertLogHolds(canceled);
    expect(canceled.flatMap((event) => (event.type === "tool.ended" ? [event.data] : []))).toMatchObject([
      { status: "canceled" },
    ]);
    const dead = await bench.run([call], {
      async onQuestion(_question, task) {
        await bench.questionOf(task.sessionId);
        process.kill(await bench.processOf("server-everything"), "SIGKILL");
      },
    });
    expect(dead.results).toMatchObject([{ status: "failed", output: expect.stringContaining("ended") }]);
    expect(dead.log.some(({ type }) => type === "question.expired")).toBe(true);
    await bench.connected("everything");
  });
});
