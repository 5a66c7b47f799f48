import { useMutation } from "@tanstack/react-query";
import { isApiError } from "@trunkline/client";
import { useTRPC, useTRPCClient } from "../api/trpc.ts";
import { isConnectionError } from "../network/network.ts";
import { showToast } from "../ui/toasts.ts";
import { forgetEdit } from "./queue-edits.ts";
import type { Move } from "./queue-order.ts";

/** Operations on a queued task. The result arrives on its session's stream. */
export interface Queue {
  /** If it comes too late, the edit stays open with a note (queue-chip.tsx). */
  edit(taskId: string, prompt: string, onSettled: () => void): void;
  /** @param onSettled it was moved, or can't be any more. */
  move(move: Move, onSettled?: () => void): void;
  /** Hands it to the running task. */
  steer(taskId: string): void;
  /** @param first null: it is next already. @param running null: nothing runs. */
  sendNow(taskId: string, first: string | null, running: string | null): void;
  cancel(taskId: string): void;
}

export function useQueue(sessionId: string): Queue {
  const trpc = useTRPC();
  const client = useTRPCClient();
  // One after another: an edited prompt that is then sent now starts as edited.
  const scope = { id: `queue:${sessionId}` };
  const edit = useMutation(
    trpc.task.edit.mutationOptions({
      scope,
      onSuccess: (_, { taskId, prompt }) => forgetEdit(sessionId, taskId, prompt),
      onError: explain,
    }),
  );
  const move = useMutation(trpc.task.move.mutationOptions({ scope, onError: explain }));
  const steer = useMutation(trpc.task.steer.mutationOptions({ scope, onError: explain }));
  const cancel = useMutation(trpc.task.cancel.mutationOptions({ scope, onError: explain }));
  const sendNow = useMutation({
    scope,
    async mutationFn({
      taskId,
      first,
      running,
    }: {
      taskId: string;
      first: string | null;
      running: string | null;
    }) {
      // Refused if it has started: then nothing is to be stopped for it.
      if (first !== null) await client.task.move.mutate({ taskId, beforeTaskId: first });
      if (running !== null) await client.task.cancel.mutate({ taskId: running });
    },
    onError: explain,
  });
  return {
    // `mutate` itself tells of the last call alone: of two edits on their way, the first would never be over.
    edit: (taskId, prompt, onSettled) => void edit.mutateAsync({ taskId, prompt }).then(onSettled, onSettled),
    move(to, onSettled = () => {}) {
      void move.mutateAsync(to).then(onSettled, onSettled);
    },
    steer: (taskId) => steer.mutate({ taskId }),
    sendNow: (taskId, first, running) => sendNow.mutate({ taskId, first, running }),
    cancel: (taskId) => cancel.mutate({ taskId }),
  };
}

function explain(error: unknown): void {
  // The queue itself shows it.
  if (isApiError(error, "task_not_queued")) return;
  const detail = isConnectionError(error) ? "You're offline." : error instanceof Error ? error.message : "";
  showToast("Couldn't update the queue", { detail, level: "error" });
}
