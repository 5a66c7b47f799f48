import { useMutation } from "@tanstack/react-query";
import { isApiError } from "@trunkline/client";
import type { ApprovalDecision } from "@trunkline/contract";
import { useTRPC } from "../api/trpc.ts";
import { showToast } from "../ui/toasts.ts";

export interface Answer {
  answer(approvalId: string, decision: ApprovalDecision, note: string): void;
  /** The one that an answer is on its way to, or has just reached. */
  answering: string | null;
}

/** Answers; the session's stream then tells everybody what became of it. */
export function useAnswer(): Answer {
  const trpc = useTRPC();
  const { mutate, variables, isPending, isSuccess } = useMutation(
    trpc.approval.answer.mutationOptions({
      onError: (error) =>
        isApiError(error, "approval_closed")
          ? showToast("Somebody else was faster", { detail: error.message })
          : showToast("The answer did not arrive", { detail: error.message, level: "error" }),
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
