import { useMutation } from "@tanstack/react-query";
import { isApiError } from "@trunkline/client";
import { useTRPC } from "../api/trpc.ts";
import { isConnectionError } from "../network/network.ts";
import { showToast } from "../ui/toasts.ts";
import { forgetEdit } from "./queue-edits.ts";

/** Operations on a queued task. The result arrives on its session's stream. */
export interface Queue {
  /** If it comes too late, the edit stays open with a note (queue-chips.tsx). */
  edit(taskId: string, prompt: string, onSettled: () => void): void;
  /** @param beforeTaskId null: to the end of the queue. */
  move(taskId: string | null, beforeTaskId: string | null): void;
  cancel(taskId: string | null): void;
}

export function useQueue(sessionId: string): Queue {
  const trpc = useTRPC();
  const edit = useMutation(
    trpc.task.edit.mutationOptions({
      onSuccess: (_, { taskId }) => forgetEdit(sessionId, taskId),
      onError: explain,
    }),
  );
  const move = useMutation(trpc.task.move.mutationOptions({ onError: explain }));
  const cancel = useMutation(trpc.task.cancel.mutationOptions({ onError: explain }));
  return {
    edit: (taskId, prompt, onSettled) => edit.mutate({ taskId, prompt }, { onSettled }),
    move: (taskId, beforeTaskId) => taskId !== null && move.mutate({ taskId, beforeTaskId }),
    cancel: (taskId) => taskId !== null && cancel.mutate({ taskId }),
  };
}

function explain(error: unknown): void {
  // The queue itself shows it.
  if (isApiError(error, "task_not_queued")) return;
  const detail = isConnectionError(error) ? "You're offline." : error instanceof Error ? error.message : "";
  showToast("Couldn't update the queue", { detail, level: "error" });
}
