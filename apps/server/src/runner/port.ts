import type { TaskReason } from "@trunkline/contract";
import type { Doorbell } from "../dispatch/port.ts";

export interface CancelRequest {
  reason: Extract<TaskReason, "user" | "superseded" | "session-deleted" | "user-removed">;
  /** Name of the principal who asked. */
  by: string;
}

/** Runs the tasks claimed by this node, detached from whoever submitted them. */
export interface Runner {
  /** Obtains this node's lease, required for everything else. @throws StoreUnavailableError */
  join(): Promise<void>;
  /** Recovers abandoned tasks, then starts running queued ones. */
  start(): Promise<void>;
  /** The session has a new task. */
  ring(bell: Doorbell): void;
  /**
   * Ends a task, queued or active: first its model stream and processes, then its one `task.canceled` is appended. A
   * task that has ended meanwhile is left alone. Resolves when the task has ended, or after `waitMs` if its processes
   * still resist.
   */
  cancel(taskId: string, request: CancelRequest, waitMs: number): Promise<void>;
  /** Tasks that this node runs now. */
  running(): number;
  /** Whether this node may run tasks now. */
  holdsLease(): boolean;
  /** How long ago it last found out, in order, which tasks nobody looks after, in ms. */
  sweptMsAgo(): number;
  /** For how long it can't be told what is queued, in ms; 0: it can. */
  queueSilentMs(): number;
  /** Starts no more tasks; those that run continue. Other nodes, if there are any, run what is queued. */
  drain(): void;
  /** Starts tasks again. */
  undrain(): void;
  isDraining(): boolean;
  /** Whether this node has room for what its tasks need, as it last looked; without, it leaves them to other nodes. */
  hasRoom(): boolean;
  /** Resolves when nothing runs here any more, or after `waitMs`. */
  drained(waitMs: number): Promise<void>;
  /** Interrupts all runs, so that the next start resumes them; resolves when all have stopped. */
  stop(): Promise<void>;
}
