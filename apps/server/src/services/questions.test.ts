import type { AnswerQuestionInput, Question, Task } from "@trunkline/contract";
import { assertLogHolds } from "@trunkline/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { QuestionRequest } from "../approvals/port.ts";
import { ManualClock } from "../approvals/testing/manual-clock.ts";
import {
  alice,
  APPROVAL_TIMEOUT_MS,
  bob,
  done,
  isTerminalEventOf,
  openScriptedServer,
  type Script,
  type ScriptedServer,
} from "../runner/testing/scripted-server.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";

const OPTIONS = [
  { id: "pg", label: "PostgreSQL" },
  { id: "lite", label: "SQLite" },
];

/** Asks immediately, and is done when the next run finds an answered question. */
const asking =
  (...questions: QuestionRequest[]): Script =>
  async ({ log, taskId }) => {
    for await (const event of log.ofTypes(["question.asked"])) if (event.taskId === taskId) return done();
    return { type: "input-required", approvals: [], questions };
  };

describe("questions", () => {
  let directory: TemporaryDirectory;
  let server: ScriptedServer;
  let clock: ManualClock;
  const scripts = new Map<string, Script>([
    ["open", asking({ callId: "c", text: "Which database?" })],
    ["one of", asking({ callId: "c", text: "Which database?", options: OPTIONS })],
    ["some of", asking({ callId: "c", text: "Which databases?", options: OPTIONS, multiple: true })],
    ["two", asking({ callId: "c", text: "First?" }, { callId: "d", text: "Second?" })],
  ]);

  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
    clock = new ManualClock();
    server = await openScriptedServer(directory.path, scripts, 1, clock);
  });
  afterEach(async () => {
    await server.close();
    await directory[Symbol.asyncDispose]();
  });

  async function asked(prompt: string): Promise<{ task: Task; questions: Question[] }> {
    const task = await server.submit(prompt);
    await server.until(task.sessionId, ({ type }) => type === "task.input-required");
    const { items } = await server.questions.list(alice, { sessionId: task.sessionId, limit: 10 });
    return { task, questions: items.toReversed() };
  }

  const answer = async (question: Question | undefined, words: AnswerQuestionInput["answer"]) =>
    server.questions.answer(alice, { questionId: question?.id ?? "", answer: words });
  const stateOf = async ({ id }: Task) => server.tasks.get(alice, { taskId: id });
  const refuses = async (promise: Promise<unknown>, reason: string) =>
    expect(promise).rejects.toMatchObject({ reason });

  it("A4: wait with the task, are answered in words, and let it go on", async () => {
    const { task, questions } = await asked("open");
    expect(questions).toMatchObject([
      {
        callId: "c",
        taskId: task.id,
        text: "Which database?",
        options: null,
        multiple: false,
        state: "open",
      },
    ]);
    expect(await stateOf(task)).toMatchObject({ state: "input-required", reason: "question" });
    const detail = await server.sessions.get(alice, { sessionId: task.sessionId });
    expect(detail).toMatchObject({
      questions,
      approvals: [],
      session: { status: "input-required", currentTask: { reason: "question" } },
    });

    const settled = await answer(questions[0], { text: "PostgreSQL, please" });
    expect(settled).toMatchObject({
      state: "answered",
      answer: { text: "PostgreSQL, please" },
      answeredBy: alice.name,
    });
    const events = await server.until(task.sessionId, isTerminalEventOf(task.id));
    assertLogHolds(events);
    expect(events.map(({ type }) => type)).toEqual([
      "session.created",
      "task.submitted",
      "task.started",
      "question.asked",
      "task.input-required",
      "question.answered",
      "task.resumed",
      "task.completed",
    ]);
    expect((await server.questions.list(alice, { limit: 10 })).items).toEqual([]);
  });

  it("are answered once: the same answer again is as the first time, another is refused", async () => {
    const { questions } = await asked("open");
    const first = await answer(questions[0], { text: "yes" });
    expect(await answer(questions[0], { text: "yes" })).toEqual(first);
    await refuses(answer(questions[0], { text: "no" }), "question_closed");
  });

  it("take the options that they have, and as many as they allow", async () => {
    const single = (await asked("one of")).questions[0];
    expect(single?.options).toEqual(OPTIONS);
    await refuses(answer(single, { options: ["mongo"] }), "validation_failed");
    await refuses(answer(single, { options: ["pg", "lite"] }), "validation_failed");
    const chosen = { options: ["lite"], text: "It is enough" };
    expect(await answer(single, chosen)).toMatchObject({ state: "answered", answer: chosen });

    const several = (await asked("some of")).questions[0];
    await refuses(answer(several, { options: ["pg", "pg"] }), "validation_failed");
    expect(await answer(several, { options: ["pg", "lite"] })).toMatchObject({ state: "answered" });
  });

  it("hold the task until all of them are answered", async () => {
    const { task, questions } = await asked("two");
    await answer(questions[0], { text: "one" });
    expect(await stateOf(task)).toMatchObject({ state: "input-required", reason: "question" });
    await answer(questions[1], { text: "two" });
    await server.until(task.sessionId, isTerminalEventOf(task.id));
  });

  it("are nobody else's", async () => {
    const { task, questions } = await asked("open");
    const questionId = questions[0]?.id ?? "";
    await refuses(server.questions.answer(bob, { questionId, answer: { text: "x" } }), "not_found");
    await refuses(server.questions.list(bob, { sessionId: task.sessionId, limit: 10 }), "not_found");
    expect((await server.questions.list(bob, { limit: 10 })).items).toEqual([]);
    expect(await stateOf(task)).toMatchObject({ state: "input-required" });
  });

  it("time out, and the task goes on without an answer", async () => {
    const { task, questions } = await asked("open");
    clock.advance(APPROVAL_TIMEOUT_MS);
    const events = await server.until(task.sessionId, isTerminalEventOf(task.id));
    assertLogHolds(events);
    expect(events.map(({ type }) => type)).toContain("question.expired");
    await refuses(answer(questions[0], { text: "late" }), "question_closed");
  });

  it("are withdrawn with their task", async () => {
    const { task, questions } = await asked("open");
    await server.tasks.cancel(alice, { taskId: task.id });
    await refuses(answer(questions[0], { text: "late" }), "question_closed");
    expect((await server.questions.list(alice, { limit: 10 })).items).toEqual([]);
  });
});
