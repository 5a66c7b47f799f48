import {
  type EditTaskInput,
  type MoveTaskInput,
  type Principal,
  type Task,
  TrunklineError,
} from "@trunkline/contract";
import type { Log } from "../log/port.ts";
import { GuardFailedError, type Store, type StoredDraft } from "../store/port.ts";
import { requireTask, unlessGone } from "./ownership.ts";
import { assertSteerLength } from "./steering.ts";
import { toTask } from "./task-view.ts";

/** What may be done to a task while it waits in its session's queue. */
export interface Queue {
  edit(principal: Principal, input: EditTaskInput): Promise<Task>;
  move(principal: Principal, input: MoveTaskInput): Promise<Task>;
}

export function createQueue({ store, log }: { store: Store; log: Log }): Queue {
  async function change(
    principal: Principal,
    taskId: string,
    data: Extract<StoredDraft, { type: "task.updated" }>["data"],
    whatFor: string,
  ): Promise<Task> {
    const { sessionId } = await requireTask(store, principal, taskId);
    try {
      await log.append(sessionId, [{ taskId, type: "task.updated", data }]);
    } catch (error) {
      if (!(error instanceof GuardFailedError) || error.guard === "session")
        throw unlessGone(error, sessionId);
      throw new TrunklineError(
        "task_not_queued",
        error.guard === "place"
          ? `Task ${data.beforeTaskId} has already started or ended, so nothing can be moved before it`
          : `Task ${taskId} has already started or ended, so it can't be ${whatFor}`,
      );
    }
    return toTask(await requireTask(store, principal, taskId));
  }

  return {
    async edit(principal, { taskId, prompt }) {
      const { steers } = await requireTask(store, principal, taskId);
      if (steers !== undefined) assertSteerLength(prompt);
      return change(principal, taskId, { prompt }, "edited");
    },

    async move(principal, { taskId, beforeTaskId }) {
      if (beforeTaskId !== null) await requireTask(store, principal, beforeTaskId);
      if (beforeTaskId === taskId) return toTask(await requireTask(store, principal, taskId));
      return change(principal, taskId, { beforeTaskId }, "moved");
    },
  };
}
