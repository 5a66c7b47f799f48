import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "../api/trpc.ts";
import { showToast } from "../ui/toasts.ts";

export interface Cancel {
  cancel(taskId: string): void;
  /** The task that was told last to end, while it has not ended. */
  canceling: string | null;
}

/** Ends tasks; asked twice, it ends them once. */
export function useCancel(): Cancel {
  const trpc = useTRPC();
  const { mutate, variables, isPending, isSuccess } = useMutation(
    trpc.task.cancel.mutationOptions({
      onError: (error) => showToast("It could not be stopped", { detail: error.message, level: "error" }),
    }),
  );
  const canceling = (isPending || isSuccess) && variables !== undefined ? variables.taskId : null;
  return { cancel: (taskId) => mutate({ taskId }), canceling };
}
