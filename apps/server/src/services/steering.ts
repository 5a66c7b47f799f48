import { MAX_STEER_LENGTH, type Principal, type Task, TrunklineError } from "@trunkline/contract";
import type { Log } from "../log/port.ts";
import { GuardFailedError, type Store } from "../store/port.ts";
import { attachmentsOf } from "./attachments.ts";
import { requireTask, unlessGone } from "./ownership.ts";
import { toTask } from "./task-view.ts";

/** How often to look anew where tasks start and end all the while. */
const TRIES = 20;

/**
 * Sends a message to the task that is running or next. Which one that is may change before it is stored: then it is sent
 * to the next one.
 * @param send with the task; undefined: the session has none, and must have none when the message is stored.
 */
export async function sendToRunning<Result>(
  { tasks }: Pick<Store, "tasks">,
  sessionId: string,
  send: (targetId: string | undefined) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    const target = await tasks.steerable(sessionId);
    try {
      return await send(target?.id);
    } catch (error) {
      const hasChanged = error instanceof GuardFailedError && ["place", "busy"].includes(error.guard);
      if (!hasChanged || tries === TRIES) throw error;
    }
  }
}

export function steeringFull(): TrunklineError {
  return new TrunklineError(
    "steering_full",
    "Too many messages already wait for the running task; wait until it has read them, or submit with whenBusy 'enqueue'",
  );
}

export function assertSteerLength(prompt: string): void {
  if (prompt.length <= MAX_STEER_LENGTH) return;
  throw new TrunklineError(
    "validation_failed",
    `A message for a running task has at most ${MAX_STEER_LENGTH} characters; leave it in the queue`,
  );
}

/** Makes a queued task a message for the running one. */
export function createSteer({ store, log }: { store: Store; log: Log }) {
  async function update(task: Task): Promise<void> {
    for (let tries = 1; ; tries++) {
      const { id: taskId, sessionId } = task;
      const target = await store.tasks.steerable(sessionId, taskId);
      const runsNext = target === undefined || (target.state === "submitted" && target.pos > task.pos);
      if (runsNext || target.id === task.steers) return;
      try {
        await log.append(sessionId, [{ taskId, type: "task.updated", data: { steers: target.id } }]);
        return;
      } catch (error) {
        if (!(error instanceof GuardFailedError)) throw error;
        if (error.guard === "steering") throw steeringFull();
        if (error.guard === "task") throw notQueued(taskId);
        if (error.guard !== "place" || tries === TRIES) throw unlessGone(error, sessionId);
      }
    }
  }

  return async (principal: Principal, { taskId }: { taskId: string }): Promise<Task> => {
    const task = await requireTask(store, principal, taskId);
    if (task.state !== "submitted" || task.attempt > 0) throw notQueued(taskId);
    assertSteerLength(task.prompt);
    if ((await attachmentsOf(store, task)).length > 0) {
      throw new TrunklineError(
        "validation_failed",
        "A prompt with attachments can't be handed to the running task; leave it in the queue",
      );
    }
    await update(task);
    return toTask(await requireTask(store, principal, taskId));
  };
}

function notQueued(taskId: string): TrunklineError {
  return new TrunklineError(
    "task_not_queued",
    `Task ${taskId} has already started or ended, so it can't be handed to the running one`,
  );
}
