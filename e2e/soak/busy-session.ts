import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { isApiError, type TrunklineClient, TrunklineConnectionError } from "@trunkline/client";

const TOKENS = 40;
const PER_SECOND = 10;
/** Between looks at a task, and between calls while the server is away, in ms. */
const LOOK_MS = 500;
const ENDED = new Set(["completed", "failed", "canceled"]);

/**
 * Runs task after task in a session until the load is over, also across a restart of the server.
 *
 * @param onTask called for each task that has ended, with what went wrong with it; null: nothing
 */
export async function keepBusy(
  client: TrunklineClient,
  sessionId: string,
  signal: AbortSignal,
  onTask: (problem: string | null) => void,
): Promise<void> {
  while (!signal.aborted) {
    const message = {
      sessionId,
      prompt: `tokens: ${TOKENS} @ ${PER_SECOND}/s`,
      idempotencyKey: randomUUID(),
    };
    const { taskId } = await untilReached(() => client.task.submit.mutate(message));
    for (;;) {
      const { state, errorMessage } = await untilReached(() => client.task.get.query({ taskId }));
      if (ENDED.has(state)) {
        onTask(state === "completed" ? null : `task ${taskId} is ${state}: ${errorMessage ?? ""}`);
        break;
      }
      await delay(LOOK_MS);
    }
  }
}

/** Calls again while the server is away or starting. */
export async function untilReached<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const isAway =
        error instanceof TrunklineConnectionError || (isApiError(error) && error.httpStatus >= 500);
      if (!isAway) throw error;
      await delay(LOOK_MS);
    }
  }
}
