import { useMutation } from "@tanstack/react-query";
import { useTRPCClient } from "../api/trpc.ts";
import { isConnectionError } from "../network/network.ts";
import { showToast } from "../ui/toasts.ts";

export interface Cancel {
  /** Cancels tasks, one after another. */
  cancel(...taskIds: string[]): void;
  /** Whether a cancel was sent; the task may take a moment to end. */
  isCanceling(taskId: string): boolean;
}

export function useCancel(): Cancel {
  const client = useTRPCClient();
  const { mutate, variables, isPending, isSuccess } = useMutation({
    mutationFn: async (taskIds: readonly string[]) => {
      for (const taskId of taskIds) await client.task.cancel.mutate({ taskId });
    },
    onError: (error) => {
      const detail = isConnectionError(error) ? "You're offline. The task keeps running." : error.message;
      showToast("Couldn't stop the task", { detail, level: "error" });
    },
  });
  return {
    cancel: (...taskIds) => mutate(taskIds),
    isCanceling: (taskId) => (isPending || isSuccess) && variables.includes(taskId),
  };
}
