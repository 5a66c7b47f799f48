import type { Principal } from "../principal.ts";
import type { AnswerQuestionInput, ListQuestionsInput, Question, QuestionPage } from "../question.ts";

/** Every method throws TrunklineError; `not_found` also if the question or session is somebody else's. */
export interface QuestionService {
  /** The open ones. */
  list(principal: Principal, input: ListQuestionsInput): Promise<QuestionPage>;
  /**
   * Resolves once the answer is committed; the task then resumes. Repeating the same answer returns the same result.
   * @throws `validation_failed` for unknown options, `question_closed` if it was answered otherwise, has expired, or
   * its task has ended
   */
  answer(principal: Principal, input: AnswerQuestionInput): Promise<Question>;
}
