import { useMutation } from "@tanstack/react-query";
import { isApiError } from "@trunkline/client";
import type { ApprovalDecision } from "@trunkline/contract";
import { useTRPC } from "../api/trpc.ts";
import { forgetDraft } from "../composer/draft.ts";
import { isConnectionError } from "../network/network.ts";
import { showToast } from "../ui/toasts.ts";

export interface Answer {
  answer(approvalId: string, decision: ApprovalDecision, note: string): void;
  /** The one that an answer is on its way to, or has just reached. */
  answering: string | null;
}

/** Where the note to a request is kept until it is answered. */
export const notePlace = (approvalId: string): string => `note:${approvalId}`;

/** Answers; the session's stream then tells everybody what became of it. */
export function useAnswer(): Answer {
  const trpc = useTRPC();
  const { mutate, variables, isPending, isSuccess } = useMutation(
    trpc.approval.answer.mutationOptions({
      onSuccess: (_, { approvalId }) => forgetDraft(notePlace(approvalId)),
      onError: (error) => {
        if (isApiError(error, "approval_closed")) {
          showToast("Already answered", { detail: error.message });
          return;
        }
        const detail = isConnectionError(error)
          ? "You're offline. Answer again once you're back; what you wrote is saved."
          : error.message;
        showToast("Answer not delivered", { detail, level: "error" });
      },
    }),
  );
  return {
    answer(approvalId, decision, note) {
      const words = note.trim();
      mutate({ approvalId, decision, ...(words !== "" && { note: words }) });
    },
    answering: (isPending || isSuccess) && variables !== undefined ? variables.approvalId : null,
  };
}
