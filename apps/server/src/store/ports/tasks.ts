import type { Budget, Task, TaskState } from "@trunkline/contract";

export interface StoredTask extends Task {
  ownerId: string;
  budget: Budget | null;
  /** SHA-256 of what was submitted under its idempotency key, hex. */
  requestHash: string | null;
  /** Crashes since its last completed step. */
  crashes: number;
  /** When it goes on by itself, where it waits for a limit; ms since the epoch. */
  resumeAt: number | null;
}

/** The next task of a session, and what of the session its run needs. */
export interface QueueHead {
  task: StoredTask;
  session: { workspace: string; model: string | null; importedSeq: number };
}

/** A session that may have something to run, and whose it is. */
export interface WaitingSession {
  sessionId: string;
  ownerId: string;
}

export interface StartableSession extends WaitingSession {
  /** When the first of its tasks that wait was submitted, ms since the epoch. */
  since: number;
}

export interface TaskStore {
  /** @returns undefined where there is none, or where it is somebody else's. */
  find(ownerId: string, taskId: string): Promise<StoredTask | undefined>;
  /** Whosever it is: for who runs it. */
  get(taskId: string): Promise<StoredTask | undefined>;
  byIdempotencyKey(ownerId: string, key: string): Promise<StoredTask | undefined>;
  /**
   * What the session must run next: the task that has its answer and waits to go on, else the head of the queue.
   * @returns undefined where nothing is queued, or another task is active.
   */
  head(sessionId: string, now: number): Promise<QueueHead | undefined>;
  /** The one that occupies the session. */
  active(sessionId: string): Promise<StoredTask | undefined>;
  /** The active one, those that run next and those that ended last, as many as a detail shows; newest first. */
  ofDetail(sessionId: string): Promise<StoredTask[]>;
  /** The newest first, in all states or those given. */
  page(query: {
    ownerId: string;
    sessionId?: string;
    states?: readonly TaskState[];
    beforeId?: string;
    limit: number;
  }): Promise<StoredTask[]>;
  /** All of a session, in the order of the queue, a part in memory at a time. */
  ofSession(sessionId: string): AsyncGenerator<StoredTask, void>;
  /** Unfinished ones of a session, of an owner or of everybody, the last first: so that none begins while all are being ended. */
  unfinished(of: { sessionId: string } | { ownerId: string } | "everybody"): Promise<string[]>;
  /** Those whose node no longer holds its lease, and those that wait though somebody asked for their end. */
  orphans(): Promise<StoredTask[]>;
  /** Those that this node works on, as the rows say. */
  ofNode(nodeId: string): Promise<StoredTask[]>;
  /** Every session that has something to run, or may have to go on; the longest waiting first. */
  waitingSessions(): Promise<WaitingSession[]>;
  /** Sessions whose next task could start now and has not; the longest waiting first, a page of them. */
  startable(page: { after: StartableSession | undefined; limit: number }): Promise<StartableSession[]>;
  /** Sessions whose task waits for a limit that is over by `now`. */
  resumable(now: number): Promise<WaitingSession[]>;
}
