import { MAX_WAITING_STEERS, type SessionEvent } from "@trunkline/contract";
import type { Steering } from "../agent/port.ts";
import { GuardFailedError, type Store } from "../store/port.ts";
import type { Holder, LogSink } from "./run-sink.ts";

/**
 * Messages to a running task. Each waits in the session's queue as a task of its own, and is handed over in one commit,
 * which ends that task: it is in the queue or in the run, whatever dies in between, and never in both.
 */
export function steeringOf(
  { tasks }: Pick<Store, "tasks">,
  { sessionId, taskId }: Pick<Holder, "sessionId" | "taskId">,
  sink: Pick<LogSink, "handOver">,
): Steering {
  return {
    async take() {
      const stored: SessionEvent[] = [];
      // Each look hands over one message at least, or finds that somebody has just edited, moved or withdrawn one.
      for (let looks = 0; looks < 2 * MAX_WAITING_STEERS; looks++) {
        const waiting = await tasks.steersOf(sessionId, taskId);
        if (waiting.length === 0) break;
        try {
          for (const message of waiting) stored.push(...(await sink.handOver(message)));
        } catch (error) {
          if (!(error instanceof GuardFailedError)) throw error;
        }
      }
      return stored;
    },
  };
}
