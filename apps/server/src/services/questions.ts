import { isDeepStrictEqual } from "node:util";
import {
  type AnswerQuestionInput,
  formProblems,
  type Principal,
  type Question,
  type QuestionService,
  TrunklineError,
} from "@trunkline/contract";
import type { Approvals } from "../approvals/port.ts";
import type { Audit } from "../audit/port.ts";
import { GuardFailedError, type Store } from "../store/port.ts";
import { openRequestsPage } from "./open-requests-page.ts";

export function createQuestionService({
  store,
  approvals,
  audit,
}: {
  store: Store;
  approvals: Approvals;
  audit: Audit;
}): QuestionService {
  async function requireQuestion({ userId }: Principal, questionId: string): Promise<Question> {
    const question = await store.questions.find(userId, questionId);
    if (question === undefined) throw new TrunklineError("not_found", `There is no question ${questionId}`);
    return question;
  }

  return {
    list: async (principal, query) => openRequestsPage(store, store.questions, principal, query),

    async answer(principal, { questionId, answer }) {
      const question = await requireQuestion(principal, questionId);
      assertAnswers(question, answer);
      if (question.state === "open") {
        try {
          const entry = audit.entry({
            by: principal,
            action: "question.answer",
            target: questionId,
            decision: "allowed",
          });
          await approvals.answerQuestion(principal.userId, question, { answer, by: principal.name }, entry);
        } catch (error) {
          // Already answered or expired: the result is compared below.
          if (!(error instanceof GuardFailedError)) throw error;
        }
      }
      const settled = question.state === "open" ? await requireQuestion(principal, questionId) : question;
      if (!isDeepStrictEqual(settled.answer, answer)) throw closed(settled);
      return settled;
    },
  };
}

/** @throws TrunklineError `validation_failed` if the question does not allow the answer */
function assertAnswers(
  { options, multiple, form }: Question,
  { options: chosen = [], values, declined }: AnswerQuestionInput["answer"],
): void {
  if (form !== null) {
    if (declined === true) return;
    if (values === undefined) {
      throw new TrunklineError("validation_failed", "Give the values of the question's form, or decline it");
    }
    const [problem] = formProblems(form.fields, values);
    if (problem === undefined) return;
    throw new TrunklineError("validation_failed", `'${problem.field}' ${problem.message}`);
  }
  if (values !== undefined || declined !== undefined) {
    throw new TrunklineError("validation_failed", "The question has no form: answer with text or options");
  }
  const known = new Set((options ?? []).map(({ id }) => id));
  const unknown = chosen.find((id) => !known.has(id));
  if (unknown !== undefined) {
    throw new TrunklineError("validation_failed", `The question has no option '${unknown}'`);
  }
  if (new Set(chosen).size < chosen.length) {
    throw new TrunklineError("validation_failed", "Name each option once");
  }
  if (chosen.length > 1 && !multiple) {
    throw new TrunklineError("validation_failed", "The question allows one option only");
  }
}

function closed({ id, state, answeredBy }: Question): TrunklineError {
  const how =
    state === "expired"
      ? "has timed out"
      : state === "canceled"
        ? "is no longer needed: its task has ended"
        : `was already answered by ${answeredBy ?? "somebody"}`;
  return new TrunklineError("question_closed", `Question ${id} ${how}`);
}
