import { AnswerQuestionInput, ListQuestionsInput, Question, QuestionPage } from "../question.ts";
import { procedure, router } from "./procedure.ts";

export const questionRouter = router({
  list: procedure
    .input(ListQuestionsInput)
    .output(QuestionPage)
    .query(({ ctx, input }) => ctx.services.questions.list(ctx.principal, input)),
  answer: procedure
    .input(AnswerQuestionInput)
    .output(Question)
    .mutation(({ ctx, input }) => ctx.services.questions.answer(ctx.principal, input)),
});
