/** A session that has queued work, and whose it is. */
export interface Doorbell {
  sessionId: string;
  ownerId: string;
}

/** Says which session may run its next task now. Carries no order of tasks: that is in the rows. */
export interface Dispatcher {
  /** There is work in this session. Ringing twice, or for nothing, does no harm. */
  ring(bell: Doorbell): void;
  /**
   * Calls `handler` for each session that was rung: on this node at most once at a time per session, at most
   * `concurrency` at a time in all, the owner with the fewest running first. The handler resolves to true while the
   * session has more work; it never rejects.
   */
  start(handler: (sessionId: string) => Promise<boolean>): void;
  /** Starts no more handlers until it is resumed. Those that run go on; what waits is left to other nodes, if there are any. */
  pause(): void;
  resume(): void;
  /** Starts no more handlers; resolves when those that run have ended. Other nodes go on with their sessions. */
  stop(): Promise<void>;
}
