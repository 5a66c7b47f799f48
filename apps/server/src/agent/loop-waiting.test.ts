import { assertLogHolds, contentText, say } from "@trunkline/testkit";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createAskUserTool } from "../tools/ask-user.ts";
import type { Tool } from "../tools/port.ts";
import { BENCH_DATE, RunBench } from "./testing/run-bench.ts";

const PARTIAL = { allowUnfinished: true };
const HOUR_MS = 3_600_000;

const askTool: Tool = {
  name: "ask",
  description: "Asks",
  inputSchema: z.strictObject({ question: z.string() }),
  kind: "other",
  effects: ["asks"],
  question: (input) => ({
    text: z.object({ question: z.string() }).parse(input).question,
    options: [
      { id: "1", label: "Postgres" },
      { id: "2", label: "SQLite" },
    ],
    multiple: true,
  }),
  execute: async () => ({ status: "succeeded", output: "They agree." }),
};

describe("several questions of one call", () => {
  const questions = [
    { question: "Which?", options: ["Postgres", "SQLite"] },
    { question: "Where?" },
    { question: "When?" },
  ];

  it.each([
    [
      "1. Which?\nThe user chose: SQLite\n\n2. Where?\nThe user answered: here\n\n3. When?\nNobody answered this in time.",
      true,
    ],
    ["Nobody answered in time. Continue without the answer, or say what you need to know.", false],
  ])("are asked together, answered in any order, and one result", async (output, isAnswered) => {
    await using bench = await RunBench.create();
    bench.provider.enqueue(
      say.reply(say.toolCall("ask_user", { questions }, { id: "q" })),
      say.reply(say.text("Thanks.")),
    );
    const taskId = bench.log.begin("go");
    const tools = [createAskUserTool()];
    const outcome = await bench.run(taskId, { tools });
    const texts = outcome.type === "input-required" ? outcome.questions.map(({ text }) => text) : [];
    expect(texts).toEqual(["Which?", "Where?", "When?"]);
    const [which, where, when] = bench.log.suspend(taskId, outcome);
    bench.log.answerQuestion(taskId, where, isAnswered ? { text: "here" } : null);
    // Two are open: nothing is asked again, and nothing answered.
    expect(await bench.run(taskId, { tools })).toEqual(outcome);
    bench.log.answerQuestion(taskId, when, null);
    bench.log.answerQuestion(taskId, which, isAnswered ? { options: ["2"] } : null);
    bench.log.resume(taskId);
    expect(await bench.run(taskId, { tools })).toMatchObject({ type: "completed" });
    expect(bench.log.of("tool.ended")).toMatchObject([{ callId: "q", output }]);
    assertLogHolds(bench.log.events, PARTIAL);
  });
});

describe("A4: a question", () => {
  it.each([
    [{ options: ["1"] }, "succeeded", "The user chose: Postgres"],
    [
      { options: ["1", "2"], text: "both" },
      "succeeded",
      "The user chose: Postgres, SQLite\nThey added: both",
    ],
    [{ text: "neither" }, "succeeded", "The user answered: neither"],
    [null, "failed", "Nobody answered in time. Continue without the answer, or say what you need to know."],
  ])(
    "is answered by %j, after a restart too, and the answer is the call's result",
    async (answer, status, output) => {
      await using bench = await RunBench.create();
      bench.provider.enqueue(
        say.reply(
          say.toolCall("ask", { question: "Which?" }, { id: "q" }),
          say.toolCall("bash", { command: "echo then" }),
        ),
        say.reply(say.text("Thanks.")),
      );
      const taskId = bench.log.begin("go");
      const tools = [askTool, ...bench.toolBench.tools];
      const outcome = await bench.run(taskId, { tools });
      expect(outcome).toEqual({
        type: "input-required",
        approvals: [],
        questions: [
          {
            callId: "q",
            text: "Which?",
            options: [
              { id: "1", label: "Postgres" },
              { id: "2", label: "SQLite" },
            ],
            multiple: true,
          },
        ],
      });
      const [questionId] = bench.log.suspend(taskId, outcome);
      // A new process does not ask again while the question is open.
      expect(await bench.run(taskId, { tools })).toEqual(outcome);
      bench.log.answerQuestion(taskId, questionId, answer);
      bench.log.resume(taskId);
      expect(await bench.run(taskId, { tools })).toMatchObject({ type: "completed", result: "Thanks." });
      expect(bench.log.of("tool.ended")).toMatchObject([
        { callId: "q", status, output },
        { status: "succeeded", output: "then\n" },
      ]);
      expect(bench.provider.requests).toHaveLength(2);
      assertLogHolds(bench.log.events, PARTIAL);
    },
  );

  it("is asked together with what needs an approval", async () => {
    await using bench = await RunBench.create();
    bench.provider.enqueue(
      say.reply(say.toolCall("ask", { question: "Which?" }), say.toolCall("bash", { command: "ls" })),
    );
    const outcome = await bench.run(bench.log.begin("go"), {
      tools: [askTool, ...bench.toolBench.tools],
      approvals: "always",
    });
    expect(outcome).toMatchObject({
      questions: [{ text: "Which?" }],
      approvals: [{ tool: "bash", title: "ls", kind: "execute" }],
    });
  });
});

describe("K13: a limit that resets late", () => {
  it("leaves the slot until then, says why, and the task goes on as if nothing had been", async () => {
    await using bench = await RunBench.create();
    bench.provider.enqueue(
      say.reply(say.toolCall("bash", { command: "echo one" })),
      say.reply(say.httpError(429, { message: "come back later", retryAfter: 2 * 3_600 })),
      say.reply(say.text("done")),
    );
    const taskId = bench.log.begin("go");
    const outcome = await bench.run(taskId);
    expect(outcome).toEqual({
      type: "input-required",
      approvals: [],
      questions: [],
      limit: {
        until: expect.any(Number) as number,
        message: expect.stringContaining("come back later") as string,
      },
    });
    const until = outcome.type === "input-required" ? (outcome.limit?.until ?? 0) : 0;
    expect(Math.abs(until - (BENCH_DATE + 2 * HOUR_MS))).toBeLessThan(60_000);
    expect(bench.waits).toEqual([]);
    expect(bench.log.of("notice")).toEqual([]);
    bench.log.suspend(taskId, outcome);
    bench.log.resume(taskId);
    expect(await bench.run(taskId)).toMatchObject({ type: "completed", result: "done" });
    expect(bench.log.of("tool.ended")).toHaveLength(1);
    assertLogHolds(bench.log.events, PARTIAL);
  });

  it("that resets soon is waited for in the slot", async () => {
    await using bench = await RunBench.create();
    bench.provider.enqueue(say.reply(say.httpError(429, { retryAfter: 100 })), say.reply(say.text("ok")));
    expect(await bench.run(bench.log.begin("go"))).toMatchObject({ type: "completed" });
    // The limit is a moment: less is left of it by the time that the wait begins.
    const [wait = 0] = bench.waits;
    expect(bench.waits).toHaveLength(1);
    expect(wait).toBeGreaterThan(90_000);
    expect(wait).toBeLessThanOrEqual(100_000);
  });
});

describe("what the user says to a running task", () => {
  /** Calls that it has started. */
  const called = ({ log }: RunBench): unknown[] =>
    log.of("tool.called").map(({ input }) => (input as { command: string }).command);
  const sent = ({ provider }: RunBench) =>
    provider.requests.map(({ messages }) =>
      messages.slice(1).map(({ role, content }) => `${role} ${contentText(content)}`.trim()),
    );

  it("is handed over before the next call and the next answer, and keeps the task from ending without it", async () => {
    await using bench = await RunBench.create();
    const taskId = bench.log.begin("go");
    const messages = ["use tabs", "and say so"];
    bench.provider.respond = ({ messages: heard }) => {
      const text = contentText(heard.at(-1)?.content);
      // Sent while the model is answering: this answer does not take it into account.
      const prompt = messages.shift();
      if (prompt !== undefined) bench.log.steer(taskId, prompt);
      if (text === "go") return say.reply(say.toolCall("bash", { command: "echo one" }));
      return say.reply(say.text(text === "and say so" ? "tabs it is" : "ok"));
    };
    expect(await bench.run(taskId)).toMatchObject({ type: "completed", result: "tabs it is" });
    expect(called(bench)).toEqual([]);
    expect(bench.log.of("tool.ended")).toMatchObject([{ status: "canceled" }]);
    expect(sent(bench)).toEqual([
      ["user go"],
      ["user go", "assistant", expect.stringContaining("the user sent a message first"), "user use tabs"],
      [
        "user go",
        "assistant",
        expect.stringContaining("the user sent a message first"),
        "user use tabs",
        "assistant ok",
        "user and say so",
      ],
    ]);
    // Another process projects the same.
    expect(await bench.run(taskId)).toMatchObject({ type: "completed", result: "tabs it is" });
    expect(bench.provider.requests).toHaveLength(3);
    assertLogHolds(bench.log.events, PARTIAL);
  });

  it("comes after the call that runs; those after it are not run, in a new process either", async () => {
    await using bench = await RunBench.create();
    const taskId = bench.log.begin("go");
    const calls = ["echo one", "echo two", "echo three"].map((command) => say.toolCall("bash", { command }));
    bench.provider.enqueue(say.reply(...calls), say.reply(say.text("done")));
    const bash = bench.toolBench.tools.find(({ name }) => name === "bash")!;
    const speaking: Tool = {
      ...bash,
      execute: async (...given) => {
        bench.log.steer(taskId, "stop that");
        // The server dies as the second call is about to be skipped.
        bench.log.appendsLeft = 1;
        return bash.execute(...given);
      },
    };
    await expect(bench.run(taskId, { tools: [speaking] })).rejects.toThrow("lost its task");
    bench.log.appendsLeft = Number.POSITIVE_INFINITY;
    bench.log.start(taskId, 2);
    expect(await bench.run(taskId)).toMatchObject({ type: "completed", result: "done" });
    expect(called(bench)).toEqual(["echo one"]);
    expect(bench.log.of("task.steered")).toHaveLength(1);
    expect(sent(bench).at(-1)?.at(-1)).toBe("user stop that");
  });

  it("sent before the run started is heard first; what a person has just allowed is run all the same", async () => {
    await using bench = await RunBench.create();
    const taskId = bench.log.begin("go");
    const calls = ["echo one", "echo two"].map((command, n) =>
      say.toolCall("bash", { command }, { id: `call-${n}` }),
    );
    bench.provider.enqueue(say.reply(...calls), say.reply(say.text("done")));
    const outcome = await bench.run(taskId, { approvals: "always" });
    const [approvalId] = bench.log.suspend(taskId, {
      ...outcome,
      ...(outcome.type === "input-required" && { approvals: outcome.approvals.slice(0, 1) }),
    });
    bench.log.steer(taskId, "only one");
    bench.log.answer(taskId, approvalId, "allow");
    bench.log.resume(taskId);
    expect(await bench.run(taskId, { approvals: "always" })).toMatchObject({ type: "completed" });
    expect(called(bench)).toEqual(["echo one"]);
    expect(sent(bench).at(-1)?.at(-1)).toBe("user only one");
  });

  it("after its last answer is left to the queue", async () => {
    await using bench = await RunBench.create();
    const taskId = bench.log.begin("go");
    bench.provider.enqueue(say.reply(say.text("done")));
    expect(await bench.run(taskId)).toMatchObject({ type: "completed" });
    bench.log.steer(taskId, "too late");
    expect(bench.log.of("task.steered")).toEqual([]);
  });
});
