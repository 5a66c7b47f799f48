import type { SessionEvent } from "@trunkline/contract";

/** What one node tells the others. Never the truth: who is told reads rows and logs. One that is lost costs seconds. */
export type Hint =
  /** The session's log goes up to this seq. `ownerId`: its owner's lists may look different. */
  | { type: "appended"; sessionId: string; lastSeq: number; ownerId?: string }
  | { type: "removed"; sessionId: string; ownerId: string }
  /** Somebody wants the task to end. */
  | { type: "cancel-requested"; taskId: string }
  /** A session waits for a node with a free slot. */
  | { type: "work-waiting" }
  /** Tokens were revoked, or users added or removed. */
  | { type: "access-changed" }
  /** Some may have been lost: look at everything. */
  | { type: "missed" };

/** Carries hints between the nodes of one store. */
export interface Hints {
  /** Tells all other nodes, soon. Never throws. */
  announce(hint: Hint): void;
  /** From now on: what other nodes tell, in no certain order. */
  follow(listener: (hint: Hint) => void): void;
  start(): void;
  stop(): Promise<void>;
}

/** Tells the followers on every node what was committed. */
export interface Announcer {
  appended(sessionId: string, events: readonly SessionEvent[], ownerId?: string): void;
  /** The session is out of sight for good. */
  removed(sessionId: string, ownerId: string): void;
  /** Something may have been committed that nobody was told of: followers on all nodes look. */
  missed(): void;
}
