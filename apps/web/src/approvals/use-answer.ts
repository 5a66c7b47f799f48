import { useMutation } from "@tanstack/react-query";
import { isApiError } from "@trunkline/client";
import type { ApprovalDecision, FormValue } from "@trunkline/contract";
import type { MadeRule } from "./always-step.tsx";
import { useTRPC } from "../api/trpc.ts";
import { forgetDraft } from "../composer/draft.ts";
import { isConnectionError } from "../network/network.ts";
import { showToast } from "../ui/toasts.ts";

export interface Answer {
  answer(approvalId: string, decision: ApprovalDecision, note: string, made?: MadeRule): void;
  /** @param options ids of the chosen ones */
  reply(questionId: string, text: string, options: readonly string[]): void;
  /** Fills in a form; null: declines it. */
  fill(questionId: string, values: Record<string, FormValue> | null): void;
  /** Whether an answer to it is in flight or has just arrived. */
  answering(id: string): boolean;
}

/** Key under which the note is kept until the request is answered. */
export const notePlace = (approvalId: string): string => `note:${approvalId}`;

/** Sends the answer; the outcome arrives on the session's stream. */
export function useAnswer(): Answer {
  const trpc = useTRPC();
  const approval = useMutation(
    trpc.approval.answer.mutationOptions({
      onSuccess: (_, { approvalId }) => forgetDraft(notePlace(approvalId)),
      onError: explain,
    }),
  );
  const question = useMutation(
    trpc.question.answer.mutationOptions({
      onSuccess: (_, { questionId }) => forgetDraft(notePlace(questionId)),
      onError: explain,
    }),
  );
  const sent = [
    approval.isPending || approval.isSuccess ? approval.variables?.approvalId : undefined,
    question.isPending || question.isSuccess ? question.variables?.questionId : undefined,
  ];
  return {
    answer(approvalId, decision, note, made) {
      const words = note.trim();
      approval.mutate({ approvalId, decision, ...made, ...(words !== "" && { note: words }) });
    },
    reply(questionId, text, options) {
      question.mutate({
        questionId,
        answer: { ...(text !== "" && { text }), ...(options.length > 0 && { options: [...options] }) },
      });
    },
    fill(questionId, values) {
      question.mutate({ questionId, answer: values === null ? { declined: true } : { values } });
    },
    answering: (id) => sent.includes(id),
  };
}

function explain(error: unknown): void {
  if (isApiError(error, "approval_closed") || isApiError(error, "question_closed")) {
    showToast("Already answered", { detail: error.message });
    return;
  }
  const message = error instanceof Error ? error.message : "";
  const detail = isConnectionError(error)
    ? "You're offline. Answer again once you're back; what you wrote is saved."
    : message;
  showToast("Answer not delivered", { detail, level: "error" });
}
