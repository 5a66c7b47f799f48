import type { Principal } from "../principal.ts";
import type { AnswerQuestionInput, ListQuestionsInput, Question, QuestionPage } from "../question.ts";

/** Every method throws TrunklineError: `not_found` also where the question or session belongs to somebody else. */
export interface QuestionService {
  /** Those that wait for an answer. */
  list(principal: Principal, input: ListQuestionsInput): Promise<QuestionPage>;
  /**
   * Resolves once the answer is committed; the task then goes on by itself. The same answer again is answered as the
   * first time. @throws `validation_failed` for options that the question does not have, `question_closed` where it was
   * answered otherwise, has expired, or its task has ended
   */
  answer(principal: Principal, input: AnswerQuestionInput): Promise<Question>;
}
