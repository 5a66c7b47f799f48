import type { EventBody, EventDataOf } from "@trunkline/contract";

/** One attempt of a task, in a workspace that is prepared. */
export interface SetupRun {
  sessionId: string;
  ownerId: string;
  /** Absolute path. */
  workspace: string;
  signal: AbortSignal;
  /** Appends to the session's log, fenced by the attempt. */
  record: (events: readonly EventBody[]) => Promise<unknown>;
  progress: (piece: EventDataOf<"setup.progress">) => Promise<void>;
}

export interface Setups {
  /**
   * Runs the project's setup in a new workspace, or takes over what an earlier run of the same made. Called before a
   * task's first model call, by each attempt; once it has succeeded it is not run again.
   * @throws TrunklineError `setup_failed`; the reason of the signal; what `record` throws.
   */
  prepare(run: SetupRun): Promise<void>;
}
