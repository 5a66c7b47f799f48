import type { TaskReason } from "@trunkline/contract";
import type { Doorbell } from "../dispatch/port.ts";

export interface CancelRequest {
  reason: Extract<TaskReason, "user" | "superseded" | "session-deleted" | "user-removed">;
  /** Name of the principal who asked. */
  by: string;
}

/** Runs the tasks that this node claims, detached from whoever submitted them. */
export interface Runner {
  /** Begins this node's lease: from here on what it does is its own. @throws StoreUnavailableError */
  join(): Promise<void>;
  /** Takes up what others have left behind, then begins to run what is queued. */
  start(): Promise<void>;
  /** The session has a new task. */
  ring(bell: Doorbell): void;
  /**
   * Ends a task, queued or active: its model stream and its processes end first, then its one `task.canceled` is
   * appended. A task that has ended meanwhile is left as it ended. Resolves when the task has ended, or after
   * `waitMs` while its processes still resist.
   */
  cancel(taskId: string, request: CancelRequest, waitMs: number): Promise<void>;
  /** Interrupts what runs, so that the next start continues it; resolves when all of it has let go. */
  stop(): Promise<void>;
}
