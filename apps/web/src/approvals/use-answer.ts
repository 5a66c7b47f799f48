import { useMutation } from "@tanstack/react-query";
import { isApiError } from "@trunkline/client";
import type { ApprovalDecision, FormValue } from "@trunkline/contract";
import type { MadeRule } from "./always-step.tsx";
import { useTRPC } from "../api/trpc.ts";
import { isConnectionError } from "../network/network.ts";
import { showToast } from "../ui/toasts.ts";
import { useStore } from "zustand";
import { answersUnderway, beginAnswer, endAnswer } from "./answers-underway.ts";
import { forgetWords, keepUnsentWords } from "./unsent-words.ts";

export interface Answer {
  answer(approvalId: string, decision: ApprovalDecision, note: string, made?: MadeRule): void;
  /** @param options ids of the chosen ones */
  reply(questionId: string, text: string, options: readonly string[]): void;
  /** Fills in a form; null: declines it. */
  fill(questionId: string, values: Record<string, FormValue> | null): void;
  /** Whether an answer to it is in flight or has just arrived. */
  answering(id: string): boolean;
}

/**
 * Sends the answer; the outcome arrives on the session's stream.
 *
 * @param sessionId where what was written goes if somebody else was faster; null: it stays with the request
 */
export function useAnswer(sessionId: string | null): Answer {
  const trpc = useTRPC();
  const underway = useStore(answersUnderway);
  const explain = (id: string, error: unknown, isForm = false): void => {
    endAnswer(id);
    const isClosed = isApiError(error, "approval_closed") || isApiError(error, "question_closed");
    if (isClosed) {
      const isKept = sessionId !== null && keepUnsentWords(id, { sessionId, isForm });
      const kept = isKept ? " What you wrote is in the session's message box." : "";
      showToast("Already answered", { detail: error.message + kept });
      return;
    }
    const message = error instanceof Error ? error.message : "";
    const detail = isConnectionError(error)
      ? "You're offline. Answer again once you're back; what you wrote is saved."
      : message;
    showToast("Answer not delivered", { detail, level: "error" });
  };
  const approval = useMutation(
    trpc.approval.answer.mutationOptions({
      onSuccess: (_, { approvalId }) => forgetWords(approvalId),
      onError: (error, { approvalId }) => explain(approvalId, error),
    }),
  );
  const question = useMutation(
    trpc.question.answer.mutationOptions({
      onSuccess: (_, { questionId }) => forgetWords(questionId),
      onError: (error, { questionId, answer }) =>
        explain(questionId, error, "values" in answer || "declined" in answer),
    }),
  );
  return {
    answer(approvalId, decision, note, made) {
      if (!beginAnswer(approvalId)) return;
      const words = note.trim();
      approval.mutate({ approvalId, decision, ...made, ...(words !== "" && { note: words }) });
    },
    reply(questionId, text, options) {
      if (!beginAnswer(questionId)) return;
      question.mutate({
        questionId,
        answer: { ...(text !== "" && { text }), ...(options.length > 0 && { options: [...options] }) },
      });
    },
    fill(questionId, values) {
      if (!beginAnswer(questionId)) return;
      question.mutate({ questionId, answer: values === null ? { declined: true } : { values } });
    },
    answering: (id) => underway.includes(id),
  };
}
