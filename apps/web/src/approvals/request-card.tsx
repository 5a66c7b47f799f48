import { ApprovalCard } from "./approval-card.tsx";
import { FormCard } from "./form-card.tsx";
import type { OpenApproval } from "./open-approvals.ts";
import { QuestionCard } from "./question-card.tsx";
import type { Answer } from "./use-answer.ts";

interface RequestCardProps {
  request: OpenApproval;
  /** Whether its session works in a project. */
  hasProject: boolean;
  isAnswering: boolean;
  answers: Answer;
}

/** How a request is answered: an approval or a question. */
export function RequestCard({ request, hasProject, isAnswering, answers }: RequestCardProps) {
  const { approvalId, question, answeredBy } = request;
  const { answer, reply, fill } = answers;
  if (question === null) {
    return (
      <ApprovalCard
        approval={request}
        hasProject={hasProject}
        isAnswering={isAnswering}
        decide={(decision, note, made) => answer(approvalId, decision, note, made)}
      />
    );
  }
  if (question.form !== null) {
    return (
      <FormCard
        id={approvalId}
        text={question.text}
        form={question.form}
        isAnswering={isAnswering}
        accept={(values) => fill(approvalId, values)}
        decline={() => fill(approvalId, null)}
      />
    );
  }
  const isQuestion = answeredBy === "question.answer";
  return (
    <QuestionCard
      id={approvalId}
      question={question}
      isAnswering={isAnswering}
      reply={(text, options) =>
        isQuestion ? reply(approvalId, text, options) : answer(approvalId, "allow", text)
      }
      decline={isQuestion ? null : () => answer(approvalId, "deny", "")}
    />
  );
}
