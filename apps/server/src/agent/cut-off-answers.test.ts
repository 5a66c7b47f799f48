import type { EventBody, EventDataOf } from "@trunkline/contract";
import { expect, test } from "vitest";
import { CutOffAnswers } from "./cut-off-answers.ts";

const FORM = { server: "s", fields: [] };
const QUESTION = { text: "Sign?", form: FORM };
const CALL = { callId: "one", tool: "s__sign", input: { for: "the letter", by: "post" } };
/** Equal, with its fields in another order. */
const AGAIN = { callId: "two", tool: "s__sign", input: { by: "post", for: "the letter" } };
const ANSWER = { values: { name: "Ada" } };

function applyTo(answers: CutOffAnswers, events: readonly EventBody[], taskId = "t"): void {
  for (const [index, event] of events.entries()) {
    answers.apply({ ...event, taskId, sessionId: "s", seq: index + 1, at: 0 });
  }
}

const called = (call: typeof CALL): EventBody => ({ type: "tool.called", data: call });
const ended = (
  callId: string,
  status: EventDataOf<"tool.ended">["status"],
  unheardQuestionId?: string,
): EventBody => ({
  type: "tool.ended",
  data: { callId, status, output: "", durationMs: 0, unheardQuestionId },
});
const attempt = (type: "task.started" | "task.resumed", node: string): EventBody => ({
  type,
  data: { attempt: 1, node },
});
const ASKED: EventBody[] = [
  attempt("task.started", "a"),
  called(CALL),
  { type: "question.asked", data: { questionId: "q", callId: "one", ...QUESTION } },
];
const ANSWERED: EventBody = {
  type: "question.answered",
  data: { questionId: "q", answer: ANSWER, by: "ada" },
};
const CUT_OFF = [...ASKED, ANSWERED, attempt("task.resumed", "b"), ended("one", "interrupted", "q")];

test("an answer that its call never got is recalled by the same call of its task, asking the same", () => {
  const answers = new CutOffAnswers();
  applyTo(answers, [...ASKED, ANSWERED]);
  expect(answers.lastAnswerTo("one")).toEqual({ questionId: "q", given: ANSWER });
  applyTo(answers, [attempt("task.resumed", "b"), ended("one", "interrupted", "q"), called(AGAIN)]);
  expect(answers.recall("two", QUESTION)).toMatchObject({
    type: "unheard",
    answer: { answer: ANSWER, by: "ada" },
  });
  expect(answers.recall("two", { ...QUESTION, text: "Sign here?" })).toEqual({ type: "other" });
  expect(answers.recall("two", { ...QUESTION, form: { ...FORM, url: "https://a.example/" } })).toEqual({
    type: "other",
  });
  applyTo(answers, [called({ ...AGAIN, callId: "three", input: { for: "the parcel", by: "post" } })]);
  expect(answers.recall("three", QUESTION)).toBeNull();
  applyTo(answers, [called({ ...AGAIN, callId: "four" })], "another task");
  expect(answers.recall("four", QUESTION)).toBeNull();
});

test.each<[string, readonly EventBody[]]>([
  [
    "it was used",
    [{ type: "question.answered", data: { questionId: "r", answer: ANSWER, by: "ada", repeats: "q" } }],
  ],
  ["such a call has ended by itself", [called({ ...AGAIN, callId: "three" }), ended("three", "succeeded")]],
  ["its task has ended", [{ type: "task.completed", data: { result: "" } }]],
])("it is not recalled once %s", (_, events) => {
  const answers = new CutOffAnswers();
  applyTo(answers, [...CUT_OFF, ...events, called(AGAIN)]);
  expect(answers.recall("two", QUESTION)).toBeNull();
});

test("recovery closes the call without a word: another process than its own can't have given it the answer", () => {
  for (const [node, type] of [
    ["b", "unheard"],
    ["a", "may-be-heard"],
  ] as const) {
    const answers = new CutOffAnswers();
    applyTo(answers, [...ASKED, ANSWERED, attempt("task.resumed", node), ended("one", "interrupted")]);
    applyTo(answers, [attempt("task.resumed", "c"), called(AGAIN)]);
    expect(answers.recall("two", QUESTION)).toMatchObject({ type });
  }
});

test("a summary carries it on; a question that nobody answered leaves nothing", () => {
  const answers = new CutOffAnswers();
  applyTo(answers, CUT_OFF);
  const later = new CutOffAnswers();
  const carried = { alwaysAllowed: [], tasks: [], ...answers.carried };
  applyTo(later, [{ type: "context.compacted", data: { upToSeq: 6, summary: "", carried } }, called(AGAIN)]);
  expect(later.recall("two", QUESTION)).toMatchObject({ type: "unheard" });

  const unanswered = new CutOffAnswers();
  applyTo(unanswered, [...ASKED, { type: "question.expired", data: { questionId: "q" } }]);
  expect(unanswered.lastAnswerTo("one")).toEqual({ questionId: "q", given: null });
  applyTo(unanswered, [ended("one", "interrupted"), called(AGAIN)]);
  expect(unanswered.recall("two", QUESTION)).toBeNull();
});
