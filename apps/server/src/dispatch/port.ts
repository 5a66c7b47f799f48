/** A session with queued work, and its owner. */
export interface Doorbell {
  sessionId: string;
  ownerId: string;
}

/** Decides which session may run its next task now. Knows nothing about the order of tasks, which is in the rows. */
export interface Dispatcher {
  /** There is work in this session. Ringing twice, or for nothing, does no harm. */
  ring(bell: Doorbell): void;
  /**
   * Calls `handler` for each rung session: on this node at most once at a time per session, at most `concurrency` at a
   * time in total, the owner with the fewest running first. The handler resolves to true while the session has more
   * work; it never rejects.
   */
  start(handler: (sessionId: string) => Promise<boolean>): void;
  /**
   * Starts no more handlers until resumed. Running ones continue; waiting sessions are left to other nodes, if there
   * are any.
   */
  pause(): void;
  resume(): void;
  /** For how long what is queued can't be read, in ms; 0: it can. */
  silentMs(): number;
  /** Starts no more handlers; resolves when the running ones have ended. Other nodes continue with their sessions. */
  stop(): Promise<void>;
}
