import type { Budget, Effort, SessionParent, Task, TaskState } from "@trunkline/contract";

/** A subagent that has not ended. */
export interface OpenSubagent {
  /** The call that it works for. */
  callId: string;
  sessionId: string;
  taskId: string;
}

export interface StoredTask extends Task {
  ownerId: string;
  budget: Budget | null;
  /** SHA-256 of the request submitted under its idempotency key, hex. */
  requestHash: string | null;
  /** Crashes since its last completed step. */
  crashes: number;
  /** Seq of the event that last set what it says to the task that it steers; null: it steers none. */
  steerSeq: number | null;
  /** Subagents that have not ended. */
  children: readonly OpenSubagent[];
  /** When it resumes by itself, if it waits for a limit; ms since the epoch. */
  resumeAt: number | null;
}

/** A session's next task, and what its run needs of the session. */
export interface QueueHead {
  task: StoredTask;
  session: {
    workspace: string;
    model: string | null;
    agent: string;
    effort: Effort | null;
    importedSeq: number;
    /** The task on behalf of which it works. */
    parent: SessionParent | null;
    projectId: string | null;
  };
}

/** A session that may have something to run, and its owner. */
export interface WaitingSession {
  sessionId: string;
  ownerId: string;
}

export interface StartableSession extends WaitingSession {
  /** When the first of its queued tasks was submitted, ms since the epoch. */
  since: number;
}

export interface TaskPage {
  ownerId: string;
  sessionId?: string;
  states?: readonly TaskState[];
  beforeId?: string;
  limit: number;
}

export interface TaskStore {
  /** @returns undefined if there is none, or it is somebody else's. */
  find(ownerId: string, taskId: string): Promise<StoredTask | undefined>;
  /** Of any owner: for whoever runs it. */
  get(taskId: string): Promise<StoredTask | undefined>;
  byIdempotencyKey(ownerId: string, key: string): Promise<StoredTask | undefined>;
  /**
   * What the session must run next: the task that has its answer and waits to resume, else the head of the queue.
   * @returns undefined if nothing is queued, or another task is active.
   */
  head(sessionId: string, now: number): Promise<QueueHead | undefined>;
  /** Messages that wait for a task of the session, in their order. */
  steersOf(sessionId: string, taskId: string): Promise<StoredTask[]>;
  /** The session's active task. */
  active(sessionId: string): Promise<StoredTask | undefined>;
  /** What a message sent now is for: the active task, else the first of the queue, this one excepted. */
  steerable(sessionId: string, exceptId?: string): Promise<StoredTask | undefined>;
  /**
   * The active one, the next queued and the last ended ones, as many as a detail view shows, and fewer where their texts are
   * large; newest first.
   */
  ofDetail(sessionId: string): Promise<StoredTask[]>;
  /** Newest first, in all or the given states; fewer than the limit where their texts are large. */
  page(query: TaskPage): Promise<{ tasks: StoredTask[]; hasMore: boolean }>;
  /** All tasks of a session, in queue order, a page in memory at a time. */
  ofSession(sessionId: string): AsyncGenerator<StoredTask, void>;
  /**
   * Unfinished ones of a session, an owner or everybody, the last first, so that none starts while all are being ended.
   */
  unfinished(of: { sessionId: string } | { ownerId: string } | "everybody"): Promise<string[]>;
  /** How many unfinished ones of everybody's are in each state. */
  countUnfinished(): Promise<Map<TaskState, number>>;
  /** Those whose node's lease has expired, and waiting ones with a pending cancel. */
  orphans(): Promise<StoredTask[]>;
  /** Those that wait for subagents. */
  waitingForChildren(): Promise<StoredTask[]>;
  /** Unfinished ones that work on behalf of this task; null: of tasks that have ended. */
  unfinishedChildren(ofTaskId: string | null): Promise<string[]>;
  /** Those that this node runs, according to the rows. */
  ofNode(nodeId: string): Promise<StoredTask[]>;
  /** Every session that may have something to run or resume; the longest waiting first. */
  waitingSessions(): Promise<WaitingSession[]>;
  /** Sessions whose next task could start now but has not; the longest waiting first, a page of them. */
  startable(page: { after: StartableSession | undefined; limit: number }): Promise<StartableSession[]>;
  /** Sessions whose task waits for a limit that has reset by `now`. */
  resumable(now: number): Promise<WaitingSession[]>;
}
