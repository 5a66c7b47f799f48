import { useMutation } from "@tanstack/react-query";
import { isApiError } from "@trunkline/client";
import { useTRPC } from "../api/trpc.ts";
import { showToast } from "../ui/toasts.ts";

/** What can be done about a queued task. Its session's stream then tells what became of it. */
export interface Queue {
  edit(taskId: string | null, prompt: string): void;
  /** @param beforeTaskId null: to the end of the queue. */
  move(taskId: string | null, beforeTaskId: string | null): void;
  cancel(taskId: string | null): void;
}

export function useQueue(): Queue {
  const trpc = useTRPC();
  const edit = useMutation(trpc.task.edit.mutationOptions({ onError: explain }));
  const move = useMutation(trpc.task.move.mutationOptions({ onError: explain }));
  const cancel = useMutation(trpc.task.cancel.mutationOptions({ onError: explain }));
  return {
    edit: (taskId, prompt) => taskId !== null && edit.mutate({ taskId, prompt }),
    move: (taskId, beforeTaskId) => taskId !== null && move.mutate({ taskId, beforeTaskId }),
    cancel: (taskId) => taskId !== null && cancel.mutate({ taskId }),
  };
}

function explain(error: unknown): void {
  if (isApiError(error, "task_not_queued")) {
    showToast("It is not queued any more", { detail: "It has started, or was taken back." });
    return;
  }
  showToast("That did not work", { detail: error instanceof Error ? error.message : "", level: "error" });
}
